import ArgumentParser
import Glibc

/// The operator's command: starts, stops and watches the processes, keeps the development PKI, talks to the API.
///
/// It holds no database and no ledger key. Figures come from the daemons' health calls; verbs that change
/// something go over HTTPS like anyone's, with a short-lived token of the development issuer.
@main
struct Chancery: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chancery",
        abstract:
            "Operate a Chancery: start, stop, look, seal, rebuild, recover, import, back up, restore.",
        discussion: """
            Everything lives in one data directory, `var` unless --home or CHANCERY_HOME names another. The software
            TPM keeps its state beside it, in `.tpm`, or in `.tpm-NAME` if the directory is called NAME (CHANCERY_TPM overrides).

            With --json a command prints one object on standard output, and an error as {"error": {code, message, next}} on standard \
            error. Members only ever grow.

            EXIT CODES
            \(ExitStatus.table)
            `logs verify` ends with those of chancery-verify: 1 something does not hold, 2 it cannot be read, 3 verified in part.
            """,
        subcommands: [
            ProvisionCommand.self,
            UpCommand.self, DownCommand.self, StatusCommand.self, DoctorCommand.self,
            TokenCommand.self,
            RevokeCommand.self, ClientCertCommand.self, SignCommand.self, ImportCommand.self,
            SealCommand.self, KeysCommand.self, ClockIsRightCommand.self, RebuildCommand.self,
            RecoverCommand.self,
            BackupCommand.self, RestoreCommand.self, EscrowCommand.self, TPMCommand.self,
            PolicyCommand.self, LogsCommand.self, IssuerKeysCommand.self,
            TourCommand.self,
        ])

    static func main() async {
        // Keys, logs and sockets are made by this process and its children: nobody else's business.
        umask(0o077)
        // A reader that goes away (`chancery status | head -1`) must not kill a start half way.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            Failure.end(with: error)
        }
    }
}
