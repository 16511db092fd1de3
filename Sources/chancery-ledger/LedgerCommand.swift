import ArgumentParser
import ProcessBoundary

/// `chancery-ledger --home H [--issuer I] [--rebuild]`
struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: LedgerDaemon.name,
        abstract:
            "Keeps the ledger: segments, projections, proofs. Serves the gateway, asks the keeper.")

    @Option(help: "The data directory (default: $CHANCERY_HOME, else var).")
    var home: String?

    @Option(help: "Issuer whose tokens count.")
    var issuer = "chancery-development"

    @Flag(
        help: "Delete the projections, make them anew from the segments, print figures, and exit.")
    var rebuild = false

    func run() async {
        Daemon.bootstrapLogging()
        do {
            // A rebuild has nothing to close in order: a signal ends it, and it can be run again.
            let signals = rebuild ? nil : Daemon.catchSignals()
            let layout = HomeLayout.resolve(flag: home)
            try layout.create()
            let pidFile = try PidFile.acquire(layout.pidFile(LedgerDaemon.name))
            defer { pidFile.release() }
            if let signals {
                try await LedgerDaemon(layout: layout, issuer: issuer, signals: signals).run()
            } else {
                try await RebuildRun(layout: layout).run()
            }
        } catch {
            Daemon.exit(LedgerDaemon.name, error)
        }
    }
}
