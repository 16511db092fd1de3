import Foundation
import ProcessBoundary

/// Starts and stops the processes of one data directory. What runs stays; what is missing is started.
struct Stack: DaemonControl {
    let home: Home
    let console: Console
    let binaries: Binaries

    /// The keeper draws an RSA-4096 key on its first start, and the ledger verifies and projects what it finds.
    private static let startPatience = Duration.seconds(180)
    /// A few of the keeper's looks: a policy may have been installed just now.
    private static let policyPatience = Duration.seconds(3)
    /// Long enough for a process that just started to write its pid file.
    private static let settlingLooks = 20
    private static let largestLog: UInt64 = 10 << 20

    init(home: Home, console: Console) throws(OperatorError) {
        self.home = home
        self.console = console
        binaries = try Binaries()
    }

    func startKeeperToRecover() async throws(OperatorError) {
        let log = DaemonKind.keeper.logFile(in: home)
        // What it says at its end is then all that is in it.
        rename(log, log + ".1")
        _ = try ChildProcess.spawn(
            try binaries.sibling(DaemonKind.keeper.rawValue),
            DaemonKind.keeper.arguments(home: home, port: Endpoint.defaultPort) + ["--recover"],
            output: log, detached: true)
    }

    func stopKeeperOfRecovery() async throws(OperatorError) -> String {
        let words = LogTail.read(DaemonKind.keeper.logFile(in: home), from: 0)
        try await stop([.keeper])
        return words
    }

    private struct Started {
        let daemon: DaemonKind
        let pid: pid_t
        /// Nil: it was running already.
        let logOffset: UInt64?
    }

    // MARK: Start

    /// - Parameters:
    ///   - port: nil leaves it to where the gateway was before, else the default.
    ///   - issuer: nil leaves it as it was.
    func up(port requested: Int?, issuer: ExternalIssuer? = nil) async throws(OperatorError) {
        // All programs first: a half-built tree should not leave half a stack running.
        for daemon in DaemonKind.allCases { _ = try binaries.sibling(daemon.rawValue) }
        try home.requireKeys()
        let certificates = try DevelopmentPKI(home: home).ensure()
        if certificates != .kept { console.note("server certificate \(certificates)") }
        try ClientPKI(home: home).ensure()
        let before = RunningProcess.of(.gateway, home: home)?.port
        try await makeWay()
        try await ensureIssuer(issuer)
        let gatewayRuns = RunningProcess.of(.gateway, home: home) != nil
        let port = try choosePort(gatewayRuns ? requested : requested ?? before)
        // Before anything starts: a stack without its gateway helps nobody.
        if !gatewayRuns { try requireFree(port) }
        let tpm = try await SoftwareTPM(home: home, console: console).ensure()
        console.note("swtpm \(tpm.started ? "started" : "runs") (pid \(tpm.pid))")
        try DevelopmentPolicy(home: home).ensure()
        try await start(DaemonKind.allCases, port: port)
    }

    /// Stops what must not go on: processes whose files were deleted, and those of an older build.
    private func makeWay() async throws(OperatorError) {
        for daemon in DaemonKind.stopOrder {
            for process in RunningProcess.all(daemon, home: home) {
                let staleness = try await settledStaleness(of: process, daemon)
                if staleness == nil, process.rebuilds {
                    throw OperatorError(
                        .busy,
                        "The projections of \(home.shown) are being rebuilt (pid \(process.pid)).",
                        next: "Wait for it to end, or stop it with `chancery down`.")
                }
                let reason =
                    staleness?.rawValue
                    // The lock of whoever recovers is free.
                    ?? (process.recovers ? "left by a recovery that was interrupted" : nil)
                guard let reason else { continue }
                console.note("restarting \(daemon.rawValue) (pid \(process.pid)): \(reason)")
                // What it still holds has no name any more: nothing to wait for.
                try await ending.end(
                    process.pid, daemon.rawValue, force: staleness == .filesGone)
            }
        }
    }

    private func settledStaleness(
        of process: RunningProcess, _ daemon: DaemonKind
    ) async throws(OperatorError) -> Staleness? {
        for _ in 0..<Self.settlingLooks {
            let staleness = Staleness.of(process, daemon: daemon, home: home, binaries: binaries)
            guard staleness == .filesGone else { return staleness }
            guard RunningProcess.isAlive(process.pid) else { return nil }
            do { try await Task.sleep(for: .milliseconds(100)) } catch { throw .interrupted }
        }
        return .filesGone
    }

    /// On the port of last time.
    func start(_ daemons: [DaemonKind]) async throws(OperatorError) {
        try await start(daemons, port: try choosePort(try Endpoint.requestedPort(nil)))
    }

    func start(_ daemons: [DaemonKind], port: Int) async throws(OperatorError) {
        var started: [Started] = []
        for daemon in daemons { started.append(try launch(daemon, port: port)) }
        let health = Health(home: home, base: Endpoint.url(port: port))
        for process in started { try await waitUntilReady(process, health: health) }
    }

    /// The port of a running gateway; else the one asked for; else the one of last time.
    func choosePort(_ requested: Int?) throws(OperatorError) -> Int {
        if let running = RunningProcess.of(.gateway, home: home)?.port {
            guard requested == nil || requested == running else {
                throw OperatorError(
                    .portTaken, "The gateway of \(home.shown) already listens on port \(running).",
                    next: "Run `chancery down` before you move it to another port.")
            }
            return running
        }
        let last = URL(string: (try? Endpoint.base(flag: nil, home: home)) ?? "")?.port
        return requested ?? last ?? Endpoint.defaultPort
    }

    private func launch(_ daemon: DaemonKind, port: Int) throws(OperatorError) -> Started {
        if let running = RunningProcess.of(daemon, home: home) {
            return Started(daemon: daemon, pid: running.pid, logOffset: nil)
        }
        if daemon == .gateway {
            try requireFree(port)
            try Endpoint.record(port: port, home: home)
        }
        let log = daemon.logFile(in: home)
        if LogTail.size(log) > Self.largestLog { rename(log, log + ".1") }
        let offset = LogTail.size(log)
        // The daemon writes and locks its pid file itself: a second copy cannot start.
        let pid = try ChildProcess.spawn(
            try binaries.sibling(daemon.rawValue),
            daemon.arguments(home: home, port: port, issuer: try believedIssuer()),
            output: log, detached: true)
        return Started(daemon: daemon, pid: pid, logOffset: offset)
    }

    private func requireFree(_ port: Int) throws(OperatorError) {
        switch PortOwner.bindError(port) {
        case nil: return
        case EADDRINUSE:
            throw OperatorError(
                .portTaken, "Port \(port) is taken by \(PortOwner.describe(port)).",
                next:
                    "Stop that process, or choose another port: `chancery up --port N` or CHANCERY_PORT=N."
            )
        case let number?:
            throw OperatorError(
                .portTaken, "Cannot listen on port \(port): \(SystemError.text(number)).",
                next: "Choose a port above 1023: `chancery up --port N` or CHANCERY_PORT=N.")
        }
    }

    private func waitUntilReady(_ process: Started, health: Health) async throws(OperatorError) {
        let name = process.daemon.rawValue
        var notes = WaitingNotes(console, for: name)
        while true {
            let state = await health.of(process.daemon)
            if state.isReady {
                let verb = process.logOffset == nil ? "runs" : "ready"
                console.note("\(name) \(verb) (pid \(process.pid))")
                return
            }
            try checkAlive(process)
            let problem = state.problem ?? "not ready yet"
            guard !state.needsPolicy || notes.waited < Self.policyPatience else {
                throw OperatorError(
                    .notReady, "\(name) (pid \(process.pid)) is \(problem)",
                    next:
                        "Once a policy of it is installed the keeper goes on by itself; then `chancery up` again."
                )
            }
            guard notes.waited < Self.startPatience else {
                let log = process.daemon.logFile(in: home)
                throw OperatorError(
                    .notReady,
                    "\(name) (pid \(process.pid)) is not ready after 180 s: \(problem)\n\(LogTail.read(log, from: process.logOffset ?? 0))",
                    next: "See \(log); `chancery up` waits again.")
            }
            notes.tell(problem)
            do { try await Task.sleep(for: .milliseconds(100)) } catch { throw .interrupted }
        }
    }

    private func checkAlive(_ process: Started) throws(OperatorError) {
        let ended = ChildProcess.hasEnded(process.pid) || !RunningProcess.isAlive(process.pid)
        guard ended else { return }
        let log = process.daemon.logFile(in: home)
        throw OperatorError(
            .processExited,
            "\(process.daemon.rawValue) ended at its start. The end of \(log):\n\(LogTail.read(log, from: process.logOffset ?? 0))",
            next: "Mend what it names, then run `chancery up` again; what runs already stays.")
    }

    // MARK: Stop

    var ending: ProcessEnding { ProcessEnding(home: home, console: console) }

    /// Ends gateway, ledger, keeper and swtpm in this order, so that nobody loses a peer that it still needs.
    /// - Returns: how many were running.
    func down(force: Bool) async throws(OperatorError) -> Int {
        var count = try await stop(DaemonKind.stopOrder, force: force)
        count += try await stopFetching(force: force)
        if let tpm = RunningProcess.softwareTPM(home: home) {
            try await ending.end(tpm.pid, "swtpm", force: force)
            count += 1
        }
        unlink(SoftwareTPM(home: home, console: console).pidFile)
        unlink(home.endpoint)
        return count
    }

    func stop(_ daemons: [DaemonKind]) async throws(OperatorError) {
        _ = try await stop(daemons, force: false)
    }

    func requireStopped(_ daemons: [DaemonKind]) throws(OperatorError) {
        for daemon in daemons {
            guard let running = RunningProcess.all(daemon, home: home).first else { continue }
            throw OperatorError(
                .busy, "\(daemon.rawValue) of \(home.shown) is running (pid \(running.pid)).",
                next: "`chancery down`, then this again, then `chancery up`.")
        }
    }

    func stop(_ daemons: [DaemonKind], force: Bool) async throws(OperatorError) -> Int {
        var count = 0
        for daemon in daemons {
            for running in RunningProcess.all(daemon, home: home) {
                try await ending.end(running.pid, daemon.rawValue, force: force)
                count += 1
            }
        }
        return count
    }
}
