import ContactModel
import ContactServices

/// What a person is told of what is held about them: the copy of Article 15(3) GDPR, and what 15(1) has beside it.
enum AccessResponse {
    static func json(_ answer: AccessAnswer) -> JSONValue {
        .fields([
            "requestId": .string(answer.request.id.text),
            "contact": ContactResponse.json(answer.contact),
            // (a)
            "purposes": .array(answer.contact.consents.map(purpose)),
            // (b)
            "categories": .array(categories(answer.contact).map { .string($0) }),
            // (c)
            "recipients": .array(answer.sharings.map(recipient)),
            // (d)
            "storagePeriod": .string(
                "Until the data is erased: on request, or when no consent and no other legal basis is in force."
            ),
            // (e), (f)
            "rights": .array(rights.map { .string($0) }),
            // (g)
            "sources": .array(sources(answer.contact)),
            // (h)
            "automatedMerging": merging(answer),
            "restricted": .bool(answer.contact.isRestrictedByRequest),
            "objections": .array(answer.contact.objections.map(ContactResponse.objection)),
        ])
    }

    private static func purpose(_ consent: ContactView.Consent) -> JSONValue {
        .fields([
            "purposeCodes": .array(consent.purposeCodes.map { .string($0) }),
            "legalBasis": .string(consent.legalBasis),
            "consentType": .string(consent.consentType),
            "since": .string(consent.grantedAt),
            "until": .text(consent.revokedAt),
        ])
    }

    private static func categories(_ contact: ContactView) -> [String] {
        var types = ["email"]
        if contact.fullName != nil { types.append("fullName") }
        return types + contact.attributes.map(\.type)
    }

    private static func recipient(_ sharing: SharingView) -> JSONValue {
        .fields([
            "name": .string(sharing.recipientName),
            "purpose": .string(sharing.purpose),
            "legalBasis": .string(sharing.legalBasis),
            "attributes": .array(sharing.attributes.map { .string($0) }),
            "sharedAt": .string(sharing.sharedAt),
            "until": .text(sharing.revokedAt ?? sharing.expiresAt),
        ])
    }

    private static let rights = [
        "rectification (Article 16)", "erasure (Article 17)",
        "restriction of processing (Article 18)",
        "data portability (Article 20)", "objection (Article 21)",
        "not to be subject to automated decisions (Article 22)",
        "a complaint with a supervisory authority (Article 77)",
    ]

    private static func sources(_ contact: ContactView) -> [JSONValue] {
        contact.attributes.map { attribute in
            .fields([
                "attributeType": .string(attribute.type),
                "sourceType": .string(attribute.sourceType),
                "sourceIdentity": .text(attribute.sourceIdentity),
                "since": .string(attribute.validFrom),
                "provenanceId": .string(attribute.provenanceID),
            ])
        }
    }

    private static func merging(_ answer: AccessAnswer) -> JSONValue {
        .fields([
            "exists": .bool(true),
            "logic": .string(
                "Where several sources tell a value of one kind, the one that was recorded last counts; the others stay in the history. No other decision is made by a machine."
            ),
            "objected": .bool(answer.objectsToMerging),
        ])
    }
}
