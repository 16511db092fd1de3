/// Starts and stops daemons of one data directory: as children in development (`Stack`), by systemd on an appliance (`Units`).
protocol DaemonControl: Sendable {
    /// Starts those that do not run and waits until all are ready.
    func start(_ daemons: [DaemonKind]) async throws(OperatorError)

    func stop(_ daemons: [DaemonKind]) async throws(OperatorError)

    /// - Throws: `busy` where one runs, or would be started by whoever calls on it.
    func requireStopped(_ daemons: [DaemonKind]) throws(OperatorError)

    /// The keeper alone, for a directory that it else refuses.
    func startKeeperToRecover() async throws(OperatorError)

    /// Stops it.
    /// - Returns: what it said when it ended by itself; empty for nothing.
    func stopKeeperOfRecovery() async throws(OperatorError) -> String
}

extension Home {
    func control(_ console: Console) throws(OperatorError) -> any DaemonControl {
        if let appliance { return Units(home: self, appliance: appliance, console: console) }
        return try Stack(home: self, console: console)
    }

    /// The software TPM of development runs then; an appliance's is there.
    func ensureTPM(_ console: Console) async throws(OperatorError) {
        guard appliance == nil else { return }
        _ = try await SoftwareTPM(home: self, console: console).ensure()
    }
}
