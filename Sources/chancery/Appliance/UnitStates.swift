/// What systemd says of the daemons of a data directory; nothing in development.
struct UnitStates: Sendable {
    private let states: [String: UnitState]

    static func taken(_ home: Home) -> UnitStates {
        guard home.appliance != nil else { return UnitStates(states: [:]) }
        let services = DaemonKind.allCases.map(\.service)
        let found = (try? Systemctl().states(services)) ?? []
        return UnitStates(
            states: Dictionary(found.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        )
    }

    subscript(_ daemon: DaemonKind) -> UnitState? { states[daemon.service] }

    /// Who calls on the socket of a daemon that is stopped starts it: a look must not.
    func isAsked(_ daemon: DaemonKind) -> Bool { self[daemon]?.isAlive != false }
}
