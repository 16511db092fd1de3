import ArgumentParser

struct TPMClearLockoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear-lockout",
        abstract: "End dictionary-attack lockout of the TPM. The daemons may run.")

    @OptionGroup var options: TPMOptions

    func run() async throws {
        let verb = try TPMVerb(options)
        try await verb.withTPM(.look) { try verb.run("clear-lockout", []) }
    }
}
