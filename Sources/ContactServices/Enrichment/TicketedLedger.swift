import ContactModel
import Foundation
import ProcessBoundary

/// The ledger as whoever holds a ticket of an enrichment sees it: its own contact, and the steps that lead on.
struct TicketedLedger: Sendable {
    let ledger: any LedgerPort
    let ticket: Data
    let order: WireEnrichmentOrder
    let requestID: RequestID
    var context = WireAuditContext()

    enum Act: String {
        case receive = "enrichment.receive"
        case advance = "enrichment.advance"
    }

    func contact() async throws(ServiceError) -> WireContactRow {
        try await contact(.contactID(order.enrichment.contactID))
    }

    /// - Throws: `not-found` for whatever is not the ticket's contact.
    func contact(
        _ key: WireReadContactRequest.OneOf_Key
    ) async throws(ServiceError) -> WireContactRow {
        var request = WireReadContactRequest()
        request.credential = ticket
        request.key = key
        return try await ledger.ask(.readContact(request)) { result -> WireContactRow? in
            if case .contact(let row) = result { row } else { nil }
        }
    }

    /// One step, durable and signed when this returns.
    ///
    /// - Parameter version: that the contact still has to be at.
    func append(
        _ entries: [WireEntryDraft], as act: Act, for purpose: String,
        expecting version: UInt64? = nil, idempotency: WireIdempotencyTags? = nil
    ) async throws(ServiceError) -> MutationOutcome {
        var mutation = WireMutation()
        mutation.entries = entries
        mutation.subject = order.enrichment.subject
        if let version { mutation.expectedVersion = version }
        if let idempotency { mutation.idempotency = idempotency }
        var append = request(act, purpose)
        append.mutations = [mutation]
        let response = try await ledger.record(.append(append)) { result -> WireAppendResponse? in
            if case .append(let response) = result { response } else { nil }
        }
        switch response.results.first?.result {
        case .receipt(let receipt):
            return try MutationBatch.outcome(receipt, replayed: receipt.replayed).get()
        case .fault(let fault):
            throw fault.code == .stale
                ? .preconditionFailed : ServiceError(fault, from: .ledger).audited()
        case nil: throw .unexpectedReply(.ledger)
        }
    }

    /// Nothing was done, and why.
    func refused(
        _ error: ServiceError, as act: Act, for purpose: String
    ) async throws(ServiceError) {
        var append = request(act, purpose)
        append.audit.outcome = AuditOutcome(error.code).rawValue
        append.audit.reason = error.code.rawValue
        _ = try await ledger.ask(.append(append)) { result -> WireAppendResponse? in
            if case .append(let response) = result { response } else { nil }
        }
    }

    private func request(_ act: Act, _ purpose: String) -> WireAppendRequest {
        var append = WireAppendRequest()
        append.credential = ticket
        append.context = context
        append.audit.category = AuditCategory.dataMutation.rawValue
        append.audit.action = act.rawValue
        append.audit.resourceType = "enrichment"
        append.audit.subject = order.enrichment.subject
        append.audit.outcome = AuditOutcome.allowed.rawValue
        append.audit.purpose = purpose
        append.audit.requestID = requestID.text
        return append
    }
}
