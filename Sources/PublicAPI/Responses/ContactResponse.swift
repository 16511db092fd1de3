import ContactServices

/// A contact as `GET /api/v1/contacts/{id}` shows it.
enum ContactResponse {
    static func json(_ contact: ContactView) -> JSONValue {
        .fields([
            "id": .string(contact.id.text),
            "email": .string(contact.email),
            "fullName": .text(contact.fullName),
            "label": .string(contact.label),
            "version": .integer(contact.version),
            "createdAt": .string(contact.createdAt),
            "updatedAt": .string(contact.updatedAt),
            "attributes": .array(contact.attributes.map(attribute)),
            "consents": .array(contact.consents.map(consent)),
        ])
    }

    private static func attribute(_ attribute: ContactView.Attribute) -> JSONValue {
        .fields([
            "id": .string(attribute.id),
            "attributeType": .string(attribute.type),
            "value": .string(attribute.value),
            "label": .string(attribute.label),
            "confidence": .decimal(attribute.confidence.fraction),
            "provenanceId": .string(attribute.provenanceID),
            "sourceType": .string(attribute.sourceType),
            "sourceIdentity": .text(attribute.sourceIdentity),
            "validFrom": .string(attribute.validFrom),
            "validUntil": .text(attribute.validUntil),
        ])
    }

    private static func consent(_ consent: ContactView.Consent) -> JSONValue {
        .fields([
            "id": .string(consent.id),
            "consentType": .string(consent.consentType),
            "legalBasis": .string(consent.legalBasis),
            "purposeCodes": .array(consent.purposeCodes.map(JSONValue.string)),
            "grantedAt": .string(consent.grantedAt),
            "revokedAt": .text(consent.revokedAt),
        ])
    }
}
