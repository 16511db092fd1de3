import ArgumentParser
import Foundation
import KeyCustody
import ProcessBoundary

struct TPMStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the TPM; exit code 3: something needs attention.")

    @Option(help: "Data directory; else CHANCERY_HOME, else var.")
    var home: String?

    @OptionGroup var tpm: TPMOptions

    @Flag(help: "For machines.")
    var json = false

    /// What is said of a TPM that does not answer.
    private struct Silence: Encodable {
        let address: String
        let problems: [String]
    }

    func run() async throws {
        try await TPMCommand.reporting {
            let keys = HomeLayout.resolve(flag: home).keysDirectory
            let problems = try await show(keys)
            guard problems.isEmpty else { throw ExitCode(3) }
        }
    }

    private func show(_ keys: String) async throws -> [String] {
        do {
            let status = try await TPMStatus.take(try tpm.device(), keys: keys)
            print(json ? try JSONText.of(status) : TPMStatusText.text(status))
            return status.problems
        } catch let error as KeyCustodyError {
            guard let cause = error.tpm else { throw error }
            let silence = Silence(address: tpm.tcti, problems: [cause.description])
            print(
                json
                    ? try JSONText.of(silence)
                    : TPMStatusText.text(
                        [("TPM", "does not answer at \(tpm.tcti)")], silence.problems))
            return silence.problems
        }
    }

}
