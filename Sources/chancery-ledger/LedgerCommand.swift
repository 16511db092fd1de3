import ArgumentParser
import ProcessBoundary

/// `chancery-ledger --home H [--issuer I] [--rebuild]`
@main
struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chancery-ledger",
        abstract:
            "Keeps the ledger: segments, projections, proofs. Serves the gateway, asks the keeper.")

    static let name = "chancery-ledger"

    @Option(help: "The data directory (default: $CHANCERY_HOME, else var).")
    var home: String?

    @Option(help: "Issuer whose tokens count.")
    var issuer = "chancery-development"

    @Flag(
        help: "Delete the projections, make them anew from the segments, print figures, and exit.")
    var rebuild = false

    func run() async {
        Daemon.bootstrapLogging()
        let signals = Daemon.catchSignals()
        do {
            try Sandbox.harden()
            let layout = HomeLayout.resolve(flag: home)
            try layout.create()
            let pidFile = try PidFile.acquire(layout.pidFile(Self.name))
            defer { pidFile.release() }
            if rebuild {
                try await RebuildRun(layout: layout).run()
            } else {
                try await LedgerDaemon(layout: layout, issuer: issuer, signals: signals).run()
            }
        } catch {
            Daemon.exit(Self.name, error)
        }
    }
}
