public import ContactModel
import Foundation
import ProcessBoundary

/// Takes what vendors answer. They have no account here: the token that they were handed is shown to the keeper, which gives a ticket for
/// this one answer, and all else is done on that.
/// ```
/// ledger EnrichmentWork → keeper IssueTicket → keeper Derive → is it about the contact? → keeper Encrypt → ledger Append
/// ```
public struct VendorAnswerService: Sendable {
    private let ledger: any LedgerPort
    private let keeper: any KeeperPort
    private let orders: EnrichmentOrders
    private let tickets: EnrichmentTickets

    public init(ledger: any LedgerPort, keeper: any KeeperPort) {
        self.ledger = ledger
        self.keeper = keeper
        orders = EnrichmentOrders(ledger: ledger)
        tickets = EnrichmentTickets(keeper: keeper)
    }

    /// Whether a vendor was asked, and has a ticket for its answer: before anything of that is read.
    ///
    /// - Throws: `unauthenticated` for a token that does not count; `not-found`, also once the contact is erased; unavailability.
    public func admit(
        _ enrichment: EntityID, _ token: CallbackToken
    ) async throws(ServiceError) -> AdmittedVendor {
        let order = try await orders.order(enrichment)
        guard let standing = EnrichmentCase(order.enrichment) else {
            throw .unexpectedReply(.ledger)
        }
        return AdmittedVendor(
            enrichment: enrichment, token: token, order: order, standing: standing,
            ticket: try await tickets.ticket(for: order, token))
    }

    /// Durable and signed when this returns. The same answer again is told what it did.
    ///
    /// - Throws: `subject-mismatch` for values about another person, which end the attempt as an error does; whether that one was erased is
    ///   not told. `conflict` for an attempt that is over, or was answered otherwise; unavailability, `outcome-unknown`.
    public func receive(_ answer: VendorAnswer) async throws(ServiceError) -> VendorAnswerOutcome {
        let vendor = answer.vendor
        var own = TicketedLedger(
            ledger: ledger, ticket: vendor.ticket, order: vendor.order,
            requestID: answer.requestID)
        own.context = await context(vendor.ticket, answer.address)
        do throws(ServiceError) {
            return try await receive(answer, own)
        } catch let failure {
            var error = failure
            if failure.code == .idempotencyMismatch {
                error = ServiceError(
                    .conflict, "This attempt was answered otherwise before; an answer counts once.")
                error.isAudited = failure.isAudited
            }
            guard !error.isAudited, error.code.kind != .unavailable else { throw error }
            try await own.refused(
                error, as: .receive, for: vendor.standing.requested.purpose)
            throw error.audited()
        }
    }

    private func receive(
        _ answer: VendorAnswer, _ own: TicketedLedger
    ) async throws(ServiceError) -> VendorAnswerOutcome {
        let (token, terms) = (answer.vendor.token, answer.vendor.standing.requested)
        let derived = try await derive(answer, own)
        guard let tags = derived.idempotency.first else { throw .unexpectedReply(.keeper) }
        var event = EnrichmentReceived(
            attempt: token.attempt, attributes: [],
            enrichmentId: answer.vendor.enrichment.text, outcome: .noData, provenance: nil,
            salt: Salt.random(), vendor: token.vendor)
        var (dropped, isMismatch) = (0, false)
        switch answer.content {
        case .noData: break
        case .error: event.outcome = .error
        case .values(_, let values):
            let asked = values.filter { terms.attributeTypes.contains($0.type.text) }
            dropped = values.count - asked.count
            if let row = try await row(derived, own) {
                // Of what nothing covers any more nothing is kept.
                if try Self.isCovered(row, terms) {
                    if !asked.isEmpty { try await seal(asked, into: &event, own) }
                } else {
                    dropped = values.count
                }
            } else {
                isMismatch = true
                event.outcome = derived.suppressed.first == true ? .suppressed : .error
            }
        }
        let outcome = try await own.append(
            [WireEntryDraft(event, try label(of: own))], as: .receive, for: terms.purpose,
            idempotency: tags)
        if isMismatch { throw ServiceError.subjectMismatch.audited() }
        return VendorAnswerOutcome(
            outcome: event.outcome, received: event.attributes.count, dropped: dropped,
            replayed: outcome.replayed, receipt: outcome.receipt)
    }

    private static func isCovered(
        _ row: WireContactRow, _ terms: EnrichmentCase.Terms
    ) throws(ServiceError) -> Bool {
        guard let purpose = try? PurposeCode(terms.purpose) else {
            throw .unexpectedReply(.ledger)
        }
        return try EnrichmentGuard.reason(against: purpose, row) == nil
    }

    /// The contact, if the values are about it.
    private func row(
        _ derived: WireDeriveResponse, _ own: TicketedLedger
    ) async throws(ServiceError) -> WireContactRow? {
        guard let value = derived.indexValues.first, !derived.suppressed.isEmpty else {
            throw .unexpectedReply(.keeper)
        }
        do throws(ServiceError) {
            return try await own.contact(
                .unique(
                    .with {
                        $0.index = "email"
                        $0.value = value
                    }))
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    private func derive(
        _ answer: VendorAnswer, _ own: TicketedLedger
    ) async throws(ServiceError) -> WireDeriveResponse {
        var request = WireDeriveRequest()
        request.credential = own.ticket
        if case .values(let email, _) = answer.content {
            request.indexInputs = [
                .with {
                    $0.field = "email"
                    $0.canonical = Data(email.canonical.utf8)
                }
            ]
            request.suppressionInputs = [Data(email.canonical.utf8)]
        }
        request.idempotencyInputs = [
            .with {
                $0.key = "\(answer.vendor.token.vendor).\(answer.vendor.token.attempt)"
                $0.requestDigest = answer.digest
            }
        ]
        return try await keeper.ask(.derive(request)) { result -> WireDeriveResponse? in
            if case .derive(let response) = result { response } else { nil }
        }
    }

    private func seal(
        _ values: [VendorAnswer.Value], into event: inout EnrichmentReceived,
        _ own: TicketedLedger
    ) async throws(ServiceError) {
        var group = ProvenanceGroup()
        let source: ProvenanceSource
        do throws(ValidationError) {
            source = try ProvenanceSource(
                type: SourceType.vendor.rawValue, identity: event.vendor)
        } catch {
            throw ServiceError(error)
        }
        let ids = values.map { _ in EntityID.random().text }
        for (value, id) in zip(values, ids) {
            group.add(
                AttributeDraft(
                    type: value.type, value: value.value, confidence: value.confidence,
                    source: source, validity: value.validity), id)
        }
        var request = WireEncryptRequest()
        request.credential = own.ticket
        request.items =
            [item(group.id, "attributedDataSalt", group.dataSalt, own)]
            + zip(values, ids).map { value, id in
                item(id, "value", Data(value.value.text.utf8), own)
            }
        let response = try await keeper.ask(.encrypt(request)) { result -> WireEncryptResponse? in
            if case .encrypt(let response) = result { response } else { nil }
        }
        guard response.items.count == request.items.count else { throw .unexpectedReply(.keeper) }
        if case .fault(let fault)? = response.items.first(where: { $0.value.iv.isEmpty })?.result {
            throw ServiceError(fault, from: .keeper)
        }
        var sealed = response.items.map(\.value).makeIterator()
        event.provenance = group.event(
            from: source, salt: try EncryptedValue(from: sealed.next()))
        for (value, id) in zip(values, ids) {
            event.attributes.append(
                AttributeEnriched(
                    attributeId: id, attributeType: value.type.text,
                    confidence: value.confidence.tenThousandths, provenanceId: group.id,
                    validFrom: value.validity.from.text, validUntil: value.validity.until?.text,
                    value: try EncryptedValue(from: sealed.next())))
        }
        event.outcome = .results
    }

    private func item(
        _ entity: String, _ field: String, _ plaintext: Data, _ own: TicketedLedger
    ) -> WireEncryptItem {
        .with {
            $0.binding.subject = own.order.enrichment.subject
            $0.binding.entity = entity
            $0.binding.field = field
            $0.binding.label = own.order.enrichment.label
            $0.plaintext = plaintext
        }
    }

    private func label(of own: TicketedLedger) throws(ServiceError) -> SecurityLabel {
        do throws(ValidationError) {
            return try SecurityLabel(own.order.enrichment.label)
        } catch {
            throw .unexpectedReply(.ledger)
        }
    }

    private func context(_ ticket: Data, _ address: String?) async -> WireAuditContext {
        var context = WireAuditContext()
        guard let address else { return context }
        var request = WireSealAddressRequest()
        request.credential = ticket
        request.address = address
        let response = try? await keeper.ask(
            timeout: ServiceLimits.sealAddressTimeout, .sealAddress(request)
        ) { result -> WireSealAddressResponse? in
            if case .sealAddress(let response) = result { response } else { nil }
        }
        if let response { context.sourceAddress = response.value }
        return context
    }
}

extension ServiceError {
    static let subjectMismatch = ServiceError(
        .subjectMismatch,
        "The values are about another person than the one that was asked about; nothing of them was kept, and the attempt is over.",
        pointer: "/email")
}
