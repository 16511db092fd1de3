import ArgumentParser
import KeyCustody
import ProcessBoundary

/// `chancery-keeper`: holds the keys. No network; calls nobody; after it is ready it writes nothing but
/// its answers.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Hold the keys until told to stop (the default).")

    static let defaultLogName = "chancery.localhost"

    @Option(help: "Data directory; else CHANCERY_HOME, else var.")
    var home: String?

    @OptionGroup var tpm: TPMOptions

    @Option(help: "Name of the log: its checkpoints are of NAME/g1. Fixed at the first start.")
    var name = defaultLogName

    @Option(help: "Issuer of the access tokens to accept.")
    var issuer = "chancery-development"

    @Flag(help: "Open also a directory that is not its TPM's newest, for `chancery recover` alone.")
    var recover = false

    func run() async throws {
        do {
            let process = KeeperProcess(
                home: HomeLayout.resolve(flag: home), tpm: try tpm.device(),
                logName: name, issuer: issuer,
                isRecovering: recover)
            try await process.run()
        } catch {
            // The one line this process ever writes.
            Daemon.exit(KeeperProcess.name, error)
        }
        Daemon.end()
    }
}
