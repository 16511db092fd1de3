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
        let stack = try Stack(home: home, console: console)
        let port = try stack.choosePort(try Endpoint.requestedPort(nil))
        try await stack.stop([.gateway, .ledger])
        _ = try await SoftwareTPM(home: home, console: console).ensure()
        try await stack.start([.keeper], port: port)

        console.note("rebuilding the projections from the segments")
        let begin = ContinuousClock.now
        let status = try Foreground.run(
            try stack.binaries.sibling(DaemonKind.ledger.rawValue),
            ["--home", home.root, "--rebuild"])
        guard status == 0 else {
            throw OperatorError(
                .processExited, "chancery-ledger --rebuild ended with status \(status).",
                next:
                    "Mend what it names above, then run `chancery rebuild` again; until then the gateway stays closed. The segments are untouched."
            )
        }
        let seconds = (ContinuousClock.now - begin).components.seconds
        try await stack.start([.ledger, .gateway], port: port)
        console.say("rebuilt in \(seconds) s; ready: \(Endpoint.url(port: port))")
    }
}
