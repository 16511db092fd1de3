import ContactModel
import ContactServices

/// Consent records (ISO/IEC TS 27560).
enum ConsentResponse {
    /// What a consent that was recorded answers: the mutation's answer, and the record.
    static func json(_ receipt: ConsentReceipt) -> JSONValue {
        let event = receipt.event
        var members: [JSONMember] = []
        if case .object(let mutation) = MutationResponse.json(receipt.outcome) {
            members = mutation
        }
        members.append(
            JSONMember(
                "consent",
                .fields([
                    "schemaVersion": .text(event.schemaVersion),
                    "id": .string(event.consentId),
                    "consentType": .string(event.consentType.rawValue),
                    "legalBasis": .string(event.legalBasis.rawValue),
                    "purposeCodes": .array(event.purposeCodes.map(JSONValue.string)),
                    "grantedAt": .string(event.grantedAt),
                    "state": .string("ACTIVE"),
                    "controller": .text(event.terms.controller),
                    "noticeRef": .text(event.terms.noticeRef),
                    "language": .text(event.terms.language),
                    "jurisdiction": .text(event.terms.jurisdiction),
                    "collectionMethod": .text(event.terms.collectionMethod?.rawValue),
                    "hasEvidence": .bool(event.evidenceRef != nil),
                ])))
        return .object(members)
    }

    /// One of a contact's.
    static func json(_ consent: ContactView.Consent) -> JSONValue {
        .fields([
            "id": .string(consent.id),
            "consentType": .string(consent.consentType),
            "legalBasis": .string(consent.legalBasis),
            "purposeCodes": .array(consent.purposeCodes.map(JSONValue.string)),
            "grantedAt": .string(consent.grantedAt),
            "state": .string(consent.revokedAt == nil ? "ACTIVE" : "REVOKED"),
            "revokedAt": .text(consent.revokedAt),
            "controller": .text(consent.terms.controller),
            "noticeRef": .text(consent.terms.noticeRef),
            "language": .text(consent.terms.language),
            "jurisdiction": .text(consent.terms.jurisdiction),
            "collectionMethod": .text(consent.terms.collectionMethod?.rawValue),
            "evidenceRef": .text(consent.evidence),
        ])
    }
}
