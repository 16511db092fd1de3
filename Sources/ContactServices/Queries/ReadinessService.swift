import ProcessBoundary

/// Whether requests can be served now: both daemons answer, and say they are ready, and the access policies are known.
///
/// Probes need no credential and pass no turnstile. So however many come, the daemons are asked once at a time and
/// their answer stands for a moment, else probes could crowd out the requests of clients on the daemons' sockets.
public actor ReadinessService {
    private let ledger: any LedgerPort
    private let keeper: any KeeperPort
    private let policies: PoliciesInForce
    private let memory: Duration
    private var underWay: Task<Readiness, Never>?
    private var known: (readiness: Readiness, until: ContinuousClock.Instant)?

    public init(
        ledger: any LedgerPort, keeper: any KeeperPort, policies: PoliciesInForce
    ) {
        self.init(
            ledger: ledger, keeper: keeper, policies: policies,
            memory: ServiceLimits.readinessMemory)
    }

    init(
        ledger: any LedgerPort, keeper: any KeeperPort, policies: PoliciesInForce,
        memory: Duration
    ) {
        self.ledger = ledger
        self.policies = policies
        self.keeper = keeper
        self.memory = memory
    }

    public func readiness() async -> Readiness {
        if let known, .now < known.until { return known.readiness }
        if let underWay { return await underWay.value }
        let task = Task { await ask() }
        underWay = task
        let readiness = await task.value
        underWay = nil
        known = (readiness, until: .now + memory)
        return readiness
    }

    private nonisolated func ask() async -> Readiness {
        async let ledger = ledgerHealth()
        async let keeper = keeperHealth()
        return await Readiness(
            ledger: ledger, keeper: keeper, hasPolicies: policies.areKnown)
    }

    private nonisolated func ledgerHealth() async -> Readiness.State {
        Readiness.State(
            isReady: try? await ledger.ask(
                timeout: ServiceLimits.healthTimeout, .health(WireEmpty())
            ) { result -> Bool? in
                if case .health(let health) = result { health.ready } else { nil }
            })
    }

    private nonisolated func keeperHealth() async -> Readiness.State {
        Readiness.State(
            isReady: try? await keeper.ask(
                timeout: ServiceLimits.healthTimeout, .health(WireEmpty())
            ) { result -> Bool? in
                if case .health(let health) = result { health.ready } else { nil }
            })
    }
}
