public import ContactServices
public import Hummingbird

/// The HTTP interface, over the daemons' ports.
public struct PublicAPI: Sendable {
    private let ledger: any LedgerPort
    private let keeper: any KeeperPort
    private let authority: any TokenAuthority
    /// Nobody is let in before they are known: whoever serves has to ``PoliciesInForce/follow()`` them.
    public let policies: PoliciesInForce
    private let edge: EdgeRules
    private let refusals: RefusalLog
    /// Whoever serves has to ``EnrichmentRunner/follow()`` what is due.
    public let enrichments: EnrichmentRunner

    public init(
        ledger: any LedgerPort, keeper: any KeeperPort, authority: any TokenAuthority,
        edge: EdgeRules = EdgeRules()
    ) {
        self.edge = edge
        self.ledger = ledger
        self.keeper = keeper
        self.authority = authority
        policies = PoliciesInForce(ledger: ledger, notify: PolicyLog.write)
        refusals = RefusalLog(ledger: ledger, window: edge.refusalWindow)
        enrichments = EnrichmentRunner(
            ledger: ledger, keeper: keeper, notify: EnrichmentLog.write)
    }

    /// For whoever takes connections: one was refused before it said anything.
    public func refusedConnection() { refusals.note("too-many-connections") }

    /// Before the ports close: what is still to be recorded.
    public func finish() async { await refusals.flush() }

    /// All routes; the executable puts a TLS server around them.
    public func router() -> Router<GatewayContext> {
        let limits = RequestLimits(edge.rateLimits, now: edge.now)
        let gate = Gate(
            authenticator: Authenticator(
                authority: authority, policies: policies, refusals: refusals,
                sources: SourceAddresses(keeper: keeper)),
            auditor: Auditor(ledger: ledger),
            operatorsNeedCertificates: edge.operatorsNeedCertificates, limits: limits)
        let queries = LedgerQueryService(ledger: ledger)
        let routes = Routes()
        ContactRoutes(
            gate: gate,
            contacts: ContactService(
                ledger: ledger, keeper: keeper, enriching: edge.enrichment),
            search: SearchService(ledger: ledger, keeper: keeper),
            relabelling: RelabelService(ledger: ledger, keeper: keeper)
        ).register(on: routes)
        MutationRoutes(
            gate: gate,
            bulk: BulkMutationService(
                ledger: ledger, keeper: keeper, enriching: edge.enrichment)
        ).register(on: routes)
        LedgerRoutes(gate: gate, ledger: queries).register(on: routes)
        KeyRoutes(gate: gate, keys: KeyService(ledger: ledger)).register(on: routes)
        AuditRoutes(gate: gate, audit: AuditQueryService(ledger: ledger, keeper: keeper))
            .register(on: routes)
        PolicyRoutes(gate: gate, policies: PolicyService(ledger: ledger, policies: policies))
            .register(on: routes)
        SharingRoutes(gate: gate, sharing: SharingService(ledger: ledger, keeper: keeper))
            .register(on: routes)
        ProvenanceRoutes(
            gate: gate, provenance: ProvenanceService(ledger: ledger, keeper: keeper),
            prover: SubjectProver(ledger: ledger, keeper: keeper)
        ).register(on: routes)
        DSRRoutes(gate: gate, requests: DSRService(ledger: ledger, keeper: keeper))
            .register(on: routes)
        EnrichmentRoutes(
            gate: gate, enrichments: EnrichmentService(ledger: ledger, keeper: keeper),
            answers: VendorAnswerService(ledger: ledger, keeper: keeper), refusals: refusals
        ).register(on: routes)
        HoldRoutes(gate: gate, holds: HoldService(ledger: ledger, keeper: keeper))
            .register(on: routes)
        TileRoutes(gate: gate, ledger: queries).register(on: routes)
        OpenAPIRoutes(gate: gate).register(on: routes)
        HealthRoutes(
            readiness: ReadinessService(ledger: ledger, keeper: keeper, policies: policies),
            certificates: edge.certificates, credentials: edge.credentials
        ).register(on: routes)
        return routes.router(limits, refusals)
    }
}
