import ArgumentParser
import ProcessBoundary

/// `chancery-ledger --home H [--issuer I] [--rebuild | --recover REASON]`
struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve until told to stop; what is done without a subcommand.")

    @Option(help: "The data directory (default: $CHANCERY_HOME, else var).")
    var home: String?

    @Option(help: "Issuer whose tokens count.")
    var issuer = "chancery-development"

    @Flag(
        help: "Delete the projections, make them anew from the segments, print figures, and exit.")
    var rebuild = false

    @Option(
        help: ArgumentHelp(
            "End the generation of a directory that is not the newest, for this reason, and exit.",
            valueName: "reason"))
    var recover: String?

    @Option(help: "With --recover: a file with a checkpoint that somebody holds. May be repeated.")
    var checkpoint: [String] = []

    func run() async {
        Daemon.bootstrapLogging()
        do {
            // These have nothing to close in order: a signal ends them, and they can be run again.
            let signals = rebuild || recover != nil ? nil : Daemon.catchSignals()
            let layout = HomeLayout.resolve(flag: home)
            try layout.create()
            let pidFile = try PidFile.acquire(layout.pidFile(LedgerDaemon.name))
            defer { pidFile.release() }
            if let signals {
                try await LedgerDaemon(layout: layout, issuer: issuer, signals: signals).run()
            } else if let recover {
                try await RecoverRun(layout: layout).run(reason: recover, known: checkpoint)
            } else {
                try await RebuildRun(layout: layout).run()
            }
        } catch {
            Daemon.exit(LedgerDaemon.name, error)
        }
    }
}
