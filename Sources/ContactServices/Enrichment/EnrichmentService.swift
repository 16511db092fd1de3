public import ContactModel
import Foundation
import ProcessBoundary

/// Enrichments as those who ask for them see them: asked for, looked at, listed by whom they wait for. What vendors answer comes through
/// ``VendorAnswerService``; what follows is done by ``EnrichmentRunner``.
/// ```
/// request: ledger ReadContact → may it be? → ledger Append, if the contact is still what was read → keeper CallbackTokens
/// ```
/// Refusals are audited by whoever calls.
public struct EnrichmentService: Sendable {
    private let ledger: any LedgerPort
    private let keeper: any KeeperPort
    private let auditor: Auditor
    private let orders: EnrichmentOrders
    private let tickets: EnrichmentTickets

    public init(ledger: any LedgerPort, keeper: any KeeperPort) {
        self.ledger = ledger
        self.keeper = keeper
        auditor = Auditor(ledger: ledger)
        orders = EnrichmentOrders(ledger: ledger)
        tickets = EnrichmentTickets(keeper: keeper)
    }

    /// Durable and signed when this returns, and so is its audit entry.
    ///
    /// - Throws: `not-found` above the caller's clearance; `processing-restricted`, `objected`, `purpose-not-covered`; `conflict` while
    ///   another enrichment of the contact is under way, or when the contact changed meanwhile; `idempotency-mismatch`; unavailability,
    ///   `outcome-unknown`.
    public func request(
        _ validated: Validated<EnrichmentCommand>
    ) async throws(ServiceError) -> EnrichmentRequestOutcome {
        let (authorized, command) = (validated.authorized, validated.command)
        let row = try await ledger.contact(command.contact, authorized)
        do throws(ServiceError) {
            try EnrichmentGuard.check(authorized.purposes, row)
        } catch {
            let known = try await IdempotentReplay(ledger: ledger, keeper: keeper)
                .outcome(of: command.idempotency, authorized)
            guard let known else { throw error.about(row.head.subject) }
            return try await outcome(known, authorized)
        }
        guard let purpose = authorized.purposes.first else {
            throw ServiceError(.missingPurpose, "State what it is for in X-Purpose.")
        }
        var mutation = MutationCommand(
            operation: .requestEnrichment(
                .contact(command.contact),
                EnrichmentRequested(command.draft, id: .random(), for: purpose)),
            idempotency: command.idempotency,
            precondition: .versions([row.head.version]))
        mutation.needsCover = false
        let report = await MutationEngine(ledger: ledger, keeper: keeper)
            .run([mutation], by: authorized)
        guard let result = report.results.first else { throw .unexpectedReply(.ledger) }
        do throws(ServiceError) {
            return try await outcome(try result.get(), authorized)
        } catch {
            guard error.code == .preconditionFailed else { throw error }
            var conflict = ServiceError(
                .conflict, "The contact changed meanwhile; ask again.")
            conflict.isAudited = error.isAudited
            throw conflict
        }
    }

    /// Disclosed once its audit entry is durable.
    ///
    /// - Throws: `not-found`, or unavailability.
    public func get(
        _ validated: Validated<EntityID>
    ) async throws(ServiceError) -> EnrichmentView {
        let (view, subject) = try await view(validated.command, validated.authorized)
        try await auditor.disclosure(validated.authorized, subject: subject)
        return view
    }

    /// Those that wait for a vendor: whoever brings them to it learns of contacts by their ids alone.
    public func list(
        _ validated: Validated<EnrichmentQuery>
    ) async throws(ServiceError) -> EnrichmentPageView {
        let (query, authorized) = (validated.command, validated.authorized)
        var request = WireListEnrichmentsRequest()
        request.credential = authorized.request.credential
        request.vendor = query.vendor
        request.below = query.cursor ?? 0
        request.limit = UInt32(clamping: query.limit)
        let page = try await ledger.ask(.listEnrichments(request)) {
            result -> WireEnrichmentPage? in
            if case .enrichments(let page) = result { page } else { nil }
        }
        var (views, subjects): ([EnrichmentView], Set<Data>) = ([], [])
        for row in page.rows {
            guard let view = EnrichmentView(row) else { throw .unexpectedReply(.ledger) }
            guard authorized.isPermitted(on: view.contactID) else { continue }
            views.append(view)
            subjects.insert(row.subject)
        }
        try await auditor.disclosure(authorized, of: subjects)
        return EnrichmentPageView(enrichments: views, next: page.next == 0 ? nil : page.next)
    }

    /// What the vendors that are waited for answer with, made anew; handed out once the audit entry is durable.
    ///
    /// - Throws: `not-found`, or unavailability.
    public func callbacks(
        _ validated: Validated<EntityID>
    ) async throws(ServiceError) -> [CallbackToken] {
        let (view, subject) = try await view(validated.command, validated.authorized)
        let tokens = try await tokens(of: view, validated.authorized)
        try await auditor.disclosure(validated.authorized, subject: subject)
        return tokens
    }

    // MARK: - Plumbing

    private func tokens(
        of view: EnrichmentView, _ authorized: Authorized
    ) async throws(ServiceError) -> [CallbackToken] {
        try await tickets.tokens(
            for: try await orders.order(view.id), view.standing, authorized)
    }

    private func outcome(
        _ mutation: MutationOutcome, _ authorized: Authorized
    ) async throws(ServiceError) -> EnrichmentRequestOutcome {
        let row = try await HistoryReader(ledger: ledger).row(
            of: mutation.contactID, at: mutation.receipt, authorized)
        guard case .enrichment(.requested(let event)) = row.event,
            let id = try? EntityID(event.enrichmentId)
        else { throw .unexpectedReply(.ledger) }
        let (view, _) = try await view(id, authorized)
        return EnrichmentRequestOutcome(
            enrichment: view, callbacks: try await tokens(of: view, authorized),
            mutation: mutation)
    }

    private func view(
        _ id: EntityID, _ authorized: Authorized
    ) async throws(ServiceError) -> (view: EnrichmentView, subject: Data) {
        var request = WireReadEnrichmentRequest()
        request.credential = authorized.request.credential
        request.enrichmentID = Data(id.bytes)
        let response: WireEnrichmentResponse
        do throws(ServiceError) {
            response = try await ledger.ask(.readEnrichment(request)) {
                result -> WireEnrichmentResponse? in
                if case .enrichment(let response) = result { response } else { nil }
            }
        } catch {
            throw error.code == .notFound ? .noSuchEnrichment : error
        }
        guard let view = EnrichmentView(response.enrichment, steps: response.steps) else {
            throw .unexpectedReply(.ledger)
        }
        guard authorized.isPermitted(on: view.contactID) else { throw .noSuchEnrichment }
        return (view, response.enrichment.subject)
    }
}
