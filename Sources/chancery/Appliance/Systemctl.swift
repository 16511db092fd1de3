/// systemd, by `systemctl`.
struct Systemctl: Sendable {
    static let target = "chancery.target"

    /// - Throws: `notInstalled` without systemd
    func states(_ units: [String]) throws(OperatorError) -> [UnitState] {
        UnitState.parse(
            try output(["show", "--property=\(UnitState.properties)"] + units))
    }

    func state(_ unit: String) throws(OperatorError) -> UnitState? { try states([unit]).first }

    /// Names of units in one of these states, by a pattern of names.
    func units(
        _ pattern: String, in states: String
    ) throws(OperatorError) -> [String] {
        try output(["list-units", "--plain", "--no-legend", "--state=\(states)", pattern])
            .split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
    }

    /// That run, come or go.
    func alive(_ pattern: String) throws(OperatorError) -> [String] {
        try units(pattern, in: "active,activating,deactivating")
    }

    /// What was given up after too many failures counts again; nothing is waited for.
    func start(_ units: [String]) throws(OperatorError) {
        _ = try output(["reset-failed", "chancery-*"])
        try require(["start", "--no-block"] + units)
    }

    /// Returns when they have ended. All in one step, those that do not run, too: one of them may wait to be started once
    /// another has ended.
    func stop(_ units: [String]) throws(OperatorError) {
        let known = try states(units).filter(\.isLoaded).map(\.name)
        guard !known.isEmpty else { return }
        try require(["stop"] + known)
    }

    func stopWithoutWaiting(_ units: [String]) throws(OperatorError) {
        try require(["stop", "--no-block"] + units)
    }

    func kill(_ unit: String) throws(OperatorError) {
        _ = try output(["kill", "--signal=KILL", unit])
    }

    func restartIfRunning(_ unit: String) throws(OperatorError) {
        try require(["try-restart", unit])
    }

    func reload() throws(OperatorError) { try require(["daemon-reload"]) }

    private func require(_ arguments: [String]) throws(OperatorError) {
        let status = try Foreground.run(try Self.systemctl(), arguments)
        guard status == 0 else {
            throw OperatorError(
                .processExited,
                "systemctl \(arguments.joined(separator: " ")) ended with status \(status).",
                next: "See `systemctl status 'chancery*'` and `journalctl --unit='chancery*'`.")
        }
    }

    /// Complaints are dropped.
    private func output(_ arguments: [String]) throws(OperatorError) -> String {
        guard let result = ProgramOutput.of(try Self.systemctl(), arguments) else {
            throw OperatorError(
                .processExited, "systemctl cannot be run, or does not answer.",
                next: "An installed Chancery needs systemd.")
        }
        return result.output
    }

    private static func systemctl() throws(OperatorError) -> String {
        try Binaries.tool("systemctl", package: "systemd")
    }
}

extension DaemonKind {
    var service: String { rawValue + ".service" }

    /// Where its callers reach it; who calls there starts it.
    var sockets: [String] {
        switch self {
        case .keeper: ["chancery-keeper-gateway.socket", "chancery-keeper-ledger.socket"]
        case .ledger: ["chancery-ledger.socket"]
        case .gateway: []
        }
    }
}
