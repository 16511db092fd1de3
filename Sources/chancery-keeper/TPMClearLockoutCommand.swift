import ArgumentParser
import KeyCustody

struct TPMClearLockoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear-lockout",
        abstract: "End dictionary-attack lockout. The keeper may run.")

    @OptionGroup var tpm: TPMOptions

    func run() async throws {
        try await TPMCommand.reporting {
            try await tpm.provisioning().clearLockout()
            print("the TPM's failed tries are forgotten")
        }
    }
}
