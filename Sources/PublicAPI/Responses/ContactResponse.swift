import ContactModel
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
            "restricted": .bool(contact.isRestricted),
            "attributes": .array(contact.attributes.map(attribute)),
            "consents": .array(contact.consents.map(ConsentResponse.json)),
            "objections": .array(contact.objections.map(objection)),
        ])
    }

    /// `GET /api/v1/contacts?…`
    static func found(_ contacts: [ContactView], next: UInt64?) -> JSONValue {
        .fields([
            "contacts": .array(contacts.map(json)),
            "next": next.map { .string(Cursor.text($0)) },
        ])
    }

    /// `GET /api/v1/contacts/{id}/attributes`
    static func attributes(_ contact: ContactView) -> JSONValue {
        .fields([
            "contactId": .string(contact.id.text),
            "version": .integer(contact.version),
            "attributes": .array(contact.attributes.map(attribute)),
        ])
    }

    static func objection(_ objection: ObjectionRecord) -> JSONValue {
        .fields([
            "purposeCodes": .array(objection.purposeCodes.map { .string($0) }),
            "objectedAt": .string(objection.objectedAt),
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
}
