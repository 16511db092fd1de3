import ArgumentParser

struct RebuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Throw the projections away and derive them from the segments again.",
        discussion: "The gateway is closed meanwhile; the keeper re-derives the index values.")

    @OptionGroup var options: HomeOptions

    func run() async throws {
        let home = try options.existing()
        let console = Console()
        let lock = try HomeLock(home, console: console)
        defer { withExtendedLifetime(lock) {} }
        let daemons = try home.control(console)
        // Known from the gateway that runs.
        let base = try Endpoint.base(flag: nil, home: home)
        try await daemons.stop([.gateway, .ledger])
        try await home.ensureTPM(console)
        try await daemons.start([.keeper])

        console.note("rebuilding the projections from the segments")
        let begin = ContinuousClock.now
        let status = try Launcher(home).run(
            DaemonRun(.ledger, ["--home", .word(home.root), "--rebuild"]))
        guard status == 0 else {
            throw OperatorError(
                .processExited, "chancery-ledger --rebuild ended with status \(status).",
                next:
                    "Mend what it names above, then run `chancery rebuild` again; until then the gateway stays closed. The segments are untouched."
            )
        }
        let seconds = (ContinuousClock.now - begin).components.seconds
        try await daemons.start([.ledger, .gateway])
        console.say("rebuilt in \(seconds) s; ready: \(base)")
    }
}
