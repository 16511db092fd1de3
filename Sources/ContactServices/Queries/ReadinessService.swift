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

    private func ledgerHealth() async -> Readiness.Ledger {
        let health = try? await ledger.ask(
            timeout: ServiceLimits.healthTimeout, .health(WireEmpty())
        ) { result -> WireLedgerHealth? in
            if case .health(let health) = result { health } else { nil }
        }
        return health.map(Readiness.Ledger.init)
            ?? Readiness.Ledger(problem: "does not answer; is chancery-ledger running?")
    }

    private func keeperHealth() async -> Readiness.Keeper {
        let health = try? await keeper.ask(
            timeout: ServiceLimits.healthTimeout, .health(WireEmpty())
        ) { result -> WireKeeperHealth? in
            if case .health(let health) = result { health } else { nil }
        }
        return health.map(Readiness.Keeper.init)
            ?? Readiness.Keeper(problem: "does not answer; is chancery-keeper running?")
    }
}
