import ContactModel
import ContactServices

/// What the enrichment routes answer.
enum EnrichmentResponse {
    static func json(_ page: EnrichmentPageView) -> JSONValue {
        .fields([
            "enrichments": .array(page.enrichments.map { fields($0) }),
            "next": page.next.map { .string(Cursor.text($0)) },
        ])
    }

    /// With what it went on by.
    static func json(_ enrichment: EnrichmentView) -> JSONValue {
        fields(
            enrichment, decisions: .array(enrichment.standing.decisions.map(json)),
            steps: .array(enrichment.steps.map(json)))
    }

    static func json(_ outcome: EnrichmentRequestOutcome) -> JSONValue {
        fields(
            outcome.enrichment,
            callbacks: .array(outcome.callbacks.map { json($0, of: outcome.enrichment.id) }),
            receipt: MutationResponse.receipt(outcome.mutation.receipt))
    }

    static func callbacks(_ tokens: [CallbackToken], of id: EntityID) -> JSONValue {
        .fields(["callbacks": .array(tokens.map { json($0, of: id) })])
    }

    static func json(_ outcome: VendorAnswerOutcome) -> JSONValue {
        .fields([
            "outcome": .string(outcome.outcome.rawValue),
            "received": .integer(UInt64(clamping: outcome.received)),
            "dropped": .integer(UInt64(clamping: outcome.dropped)),
            "receipt": MutationResponse.receipt(outcome.receipt),
        ])
    }

    private static func fields(
        _ enrichment: EnrichmentView, decisions: JSONValue? = nil, steps: JSONValue? = nil,
        callbacks: JSONValue? = nil, receipt: JSONValue? = nil
    ) -> JSONValue {
        let standing = enrichment.standing
        return .fields([
            "id": .string(enrichment.id.text),
            "contactId": .string(enrichment.contactID.text),
            "state": .string(standing.state.rawValue),
            "reason": .text(standing.reason),
            "purpose": .string(standing.requested.purpose),
            "attributeTypes": .array(standing.requested.attributeTypes.map { .string($0) }),
            "vendors": .array(standing.vendors.map { json($0, standing) }),
            "decisions": decisions,
            "steps": steps,
            "callbacks": callbacks,
            "receipt": receipt,
        ])
    }

    /// `state` is what its last attempt brought, or that it is waited for, and until when.
    private static func json(
        _ vendor: EnrichmentCase.Vendor, _ standing: EnrichmentCase
    ) -> JSONValue {
        let isWaiting = vendor.outcome == nil && standing.state == .collecting
        return .fields([
            "vendor": .string(vendor.id),
            "attempt": .integer(UInt64(clamping: vendor.attempt)),
            "state": .string(vendor.outcome?.rawValue ?? "WAITING"),
            "deadline": isWaiting
                ? .text(
                    Timestamp(microsecondsSince1970: standing.deadline(of: vendor))?.text)
                : nil,
        ])
    }

    private static func json(_ decision: EnrichmentDecision) -> JSONValue {
        .fields([
            "attributeId": .string(decision.attributeId),
            "decision": .string(decision.text),
            "other": .text(decision.other),
            "rule": .text(decision.rule?.rawValue),
        ])
    }

    private static func json(_ step: EnrichmentView.Step) -> JSONValue {
        .fields([
            "type": .string(step.type),
            "generation": .integer(step.generation),
            "index": .integer(step.index),
            "time": .string(step.time),
            "actor": .string(step.actor),
            "receipt": .string(
                "/api/v1/ledger/entries/\(step.index)/receipt?generation=\(step.generation)"),
        ])
    }

    private static func json(_ token: CallbackToken, of id: EntityID) -> JSONValue {
        .fields([
            "vendor": .string(token.vendor),
            "attempt": .integer(UInt64(clamping: token.attempt)),
            "token": .string(token.text),
            "url": .string("\(EnrichmentRoutes.path)/\(id.text)/results"),
        ])
    }
}
