import ArgumentParser
import LedgerFormat
import ProcessBoundary

/// One-shot verbs. They print what they did; what stops them is one line on standard error.
struct TPMCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tpm",
        abstract: "Look at the TPM, provision it, enroll it, say where its keys open.",
        subcommands: [
            TPMStatusCommand.self, TPMProvisionCommand.self, TPMEnrollCommand.self,
            TPMCheckCommand.self, TPMClearLockoutCommand.self, TPMPolicyCommand.self,
        ])

    private struct Line: Error, CustomStringConvertible {
        let description: String
        init(_ text: String) { description = text }
    }

    /// Ends the process with the error in one line, as a daemon's start does.
    static func reporting(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let code as ExitCode {
            throw code
        } catch let error as any LedgerFormatError {
            Daemon.exit(KeeperProcess.name, Line(error.message))
        } catch {
            Daemon.exit(KeeperProcess.name, error)
        }
    }
}
