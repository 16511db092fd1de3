import Foundation

/// The daemons of an appliance, which systemd starts and stops.
struct Units: DaemonControl {
    let home: Home
    let appliance: Appliance
    let console: Console

    let manager = Systemctl()

    /// A first start verifies and projects the whole ledger; a TPM may be slow.
    private static let startPatience = Duration.seconds(600)
    private static let policyPatience = Duration.seconds(5)
    /// A unit is started again some seconds after it ended; what ended twice at its start will not get better by waiting.
    private static let failuresSeen = 2
    private static let politePatience = Duration.seconds(10)

    /// All of it, and until it is ready.
    func up() async throws(OperatorError) {
        try home.requireKeys()
        // What a restore has not put in place yet is no first start: the units do not start then, either.
        guard !Files.exists(ApplianceRestore.staging(in: home)) else {
            throw OperatorError(
                .notReady, "A restore of \(home.shown) was interrupted.",
                next: "Run the same `chancery restore` again: it goes on where it stopped.")
        }
        try discardRecovery()
        if try Provisioning(home: home, appliance: appliance, say: console.note).renew() {
            // It reads what it was handed at its start.
            try manager.restartIfRunning(DaemonKind.gateway.service)
        }
        try manager.start([Systemctl.target])
        try await waitUntilReady(DaemonKind.allCases)
    }

    /// - Parameter force: kills what has not ended after 10 s.
    /// - Returns: how many were running.
    func down(force: Bool) async throws(OperatorError) -> Int {
        let services = DaemonKind.stopOrder.map(\.service)
        let running = try manager.states(services).filter(\.isAlive)
        if force {
            try manager.stopWithoutWaiting([Systemctl.target] + services)
            try await killAfterPatience(services)
        } else if !running.isEmpty {
            console.note("stopping; a ledger that seals its segment takes a while")
        }
        try manager.stop(
            [Systemctl.target] + DaemonKind.stopOrder.flatMap { $0.sockets + [$0.service] })
        return running.count
    }

    func start(_ daemons: [DaemonKind]) async throws(OperatorError) {
        try discardRecovery()
        try manager.start(daemons.map(\.service))
        try await waitUntilReady(daemons)
    }

    func stop(_ daemons: [DaemonKind]) async throws(OperatorError) {
        let alive = try manager.states(daemons.map(\.service)).filter(\.isAlive).map(\.name)
        // With their sockets: a call that still waits there would start them again.
        try manager.stop(daemons.flatMap { $0.sockets + [$0.service] })
        for daemon in daemons where alive.contains(daemon.service) {
            console.note("\(daemon.rawValue) stopped")
        }
    }

    func requireStopped(_ daemons: [DaemonKind]) throws(OperatorError) {
        let units = daemons.flatMap { [$0.service] + $0.sockets }
        if let alive = try manager.states(units).first(where: \.isAlive) {
            throw OperatorError(
                .busy, "\(alive.name) is \(alive.active).",
                next: "`chancery down`, then this again, then `chancery up`.")
        }
        // Of a command that was killed: what it had started goes on without it.
        if let command = try manager.alive("command-of-*").first {
            throw OperatorError(
                .busy, "\(command) still works for another chancery command.",
                next:
                    "Wait for it, or end it with `systemctl stop \(command)`; then run this again.")
        }
        for daemon in daemons {
            guard let running = RunningProcess.all(daemon, home: home).first else { continue }
            throw OperatorError(
                .busy,
                "\(daemon.rawValue) runs (pid \(running.pid)), though systemd did not start it.",
                next: "End it, then run this again.")
        }
    }

    // MARK: Waiting

    private func waitUntilReady(_ daemons: [DaemonKind]) async throws(OperatorError) {
        let health = Health(home: home, base: try Endpoint.base(flag: nil, home: home))
        for daemon in daemons { try await waitUntilReady(daemon, health) }
    }

    private func waitUntilReady(_ daemon: DaemonKind, _ health: Health) async throws(OperatorError)
    {
        let name = daemon.rawValue
        var notes = WaitingNotes(console, for: name)
        var (wasFailing, failures) = (false, 0)
        while true {
            let unit = try manager.state(daemon.service)
            let state =
                unit?.isAlive == true && unit?.hasFailed == false
                ? await health.of(daemon) : Health.State(isReady: false, problem: unit?.description)
            if state.isReady {
                console.note("\(name) ready" + (unit?.pid.map { " (pid \($0))" } ?? ""))
                return
            }
            let problem = state.problem ?? "not ready yet"
            let fails = unit?.hasFailed == true
            if fails, !wasFailing { failures += 1 }
            wasFailing = fails
            if unit?.active == "failed" || failures >= Self.failuresSeen {
                throw OperatorError(
                    .processExited, "\(name) ended at its start: \(unit?.description ?? problem)",
                    next:
                        "See `journalctl --unit=\(daemon.service)`; mend it, then `chancery up` again."
                )
            }
            if let unit, unit.wasNotMeantToStart, notes.waited > Self.policyPatience {
                throw OperatorError(
                    .notReady,
                    "systemd does not start \(unit.name): a condition of it does not hold.",
                    next: "`systemctl status \(unit.name)` names it (ConditionPathExists=).")
            }
            guard !state.needsPolicy || notes.waited < Self.policyPatience else {
                throw OperatorError(
                    .notReady, "\(name) is \(problem)",
                    next:
                        "Once a policy of it is installed (`chancery tpm policy install`) it goes on by itself; then `chancery up` again."
                )
            }
            guard notes.waited < Self.startPatience else {
                throw OperatorError(
                    .notReady,
                    "\(name) is not ready after \(Self.startPatience.components.seconds) s: \(problem)",
                    next: "See `journalctl --unit=\(daemon.service)`; `chancery up` waits again.")
            }
            notes.tell(problem)
            try await Self.pause()
        }
    }

    private func killAfterPatience(_ services: [String]) async throws(OperatorError) {
        let begin = ContinuousClock.now
        while try manager.states(services).contains(where: \.isAlive) {
            guard ContinuousClock.now - begin < Self.politePatience else {
                for state in try manager.states(services) where state.isAlive {
                    console.note("\(state.name) did not end in 10 s: killing it")
                    try manager.kill(state.name)
                }
                return
            }
            try await Self.pause()
        }
    }

    private static func pause() async throws(OperatorError) {
        do { try await Task.sleep(for: .milliseconds(300)) } catch { throw .interrupted }
    }
}
