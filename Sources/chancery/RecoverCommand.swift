import ArgumentParser
import Foundation

struct RecoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Go on with a data directory that is not the newest.",
        discussion: """
            For a directory that was restored or copied, when the newest one is lost. What is here stays as it is, with all \
            its proofs. Where only keys/ is older, and the ledger was stopped cleanly, its TPM shows that nothing is missing, and the \
            ledger goes on. Otherwise entries that were signed may be lost, and the ledger says so: the next generation has its own \
            origin and log key and begins with the entry LedgerRecovered. A checkpoint that somebody holds shows what is missing where the \
            directory itself cannot. The daemons must be stopped.
            """)

    @OptionGroup var options: HomeOptions

    @Option(help: "Why, in at most 512 bytes. It stands in the ledger for good: name no person.")
    var reason: String

    @Option(
        help: ArgumentHelp(
            "The newest checkpoint that you, an auditor or a witness holds, as /ledger/checkpoint served it. May be repeated.",
            valueName: "file"))
    var checkpoint: [String] = []

    func validate() throws {
        guard (1...512).contains(reason.utf8.count) else {
            throw ValidationError("--reason is 1 to 512 bytes long.")
        }
    }

    func run() async throws {
        let home = try options.existing()
        try home.requireKeys()
        let console = Console()
        let lock = try HomeLock(home, console: console)
        defer { withExtendedLifetime(lock) {} }
        let daemons = try home.control(console)
        try daemons.requireStopped(DaemonKind.allCases)
        try await home.ensureTPM(console)
        let status: Int32
        do {
            try await daemons.startKeeperToRecover()
            var arguments: [DaemonRun.Argument] = [
                "--home", .word(home.root), "--recover", .word(reason),
            ]
            for file in checkpoint { arguments += ["--checkpoint", .input(file)] }
            status = try Launcher(home).run(DaemonRun(.ledger, arguments))
        } catch {
            _ = try await daemons.stopKeeperOfRecovery()
            throw error
        }
        let ended = try await daemons.stopKeeperOfRecovery()
        guard status == 0 else {
            throw OperatorError(
                .processExited,
                "The recovery did not come to its end (chancery-ledger --recover: status \(status)). \(ended)",
                next:
                    "Mend what it names above, then run `chancery recover` again: it goes on where it stopped."
            )
        }
        console.say("next: chancery up")
    }
}
