import ProcessBoundary

/// Whether requests can be served now: both daemons answer, and say they are ready.
public struct ReadinessService: Sendable {
    private let ledger: any LedgerPort
    private let keeper: any KeeperPort

    public init(ledger: any LedgerPort, keeper: any KeeperPort) {
        self.ledger = ledger
        self.keeper = keeper
    }

    public func readiness() async -> Readiness {
        async let ledger = ledgerHealth()
        async let keeper = keeperHealth()
        return await Readiness(ledger: ledger, keeper: keeper)
    }

    private func ledgerHealth() async -> Readiness.State {
        Readiness.State(
            isReady: try? await ledger.ask(
                timeout: ServiceLimits.healthTimeout, .health(WireEmpty())
            ) { result -> Bool? in
                if case .health(let health) = result { health.ready } else { nil }
            })
    }

    private func keeperHealth() async -> Readiness.State {
        Readiness.State(
            isReady: try? await keeper.ask(
                timeout: ServiceLimits.healthTimeout, .health(WireEmpty())
            ) { result -> Bool? in
                if case .health(let health) = result { health.ready } else { nil }
            })
    }
}
