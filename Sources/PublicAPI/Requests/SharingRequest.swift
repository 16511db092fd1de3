import ContactModel
import ContactServices

/// `{contactId, recipient: {id, name}, purpose, legalBasis, attributes, sharedAt?, expiresAt?}`.
enum SharingRequest {
    static func read(
        _ reader: inout ObjectReader
    ) throws(ServiceError) -> (contact: EntityID, draft: SharingDraft) {
        let rawContact = try reader.string("contactId")
        var recipientReader = try reader.object("recipient")
        let rawID = try recipientReader.string("id")
        let rawName = try recipientReader.string("name")
        try recipientReader.finish()
        let rawPurpose = try reader.string("purpose")
        let rawBasis = try reader.string("legalBasis")
        let rawAttributes = try reader.strings(
            "attributes", limit: ModelLimits.sharedAttributes)
        let sharedAt = try TimeField.past("sharedAt", in: &reader) ?? .now()
        let expiresAt = try TimeField.optional("expiresAt", in: &reader)
        try reader.finish()
        let contact = try reader.checked("contactId") { () throws(ValidationError) in
            try EntityID(rawContact)
        }
        let recipient = try reader.checked("recipient") { () throws(ValidationError) in
            try Recipient(id: rawID, name: rawName)
        }
        let purpose = try reader.checked("purpose") { () throws(ValidationError) in
            try PurposeCode(rawPurpose)
        }
        let basis = try reader.checked("legalBasis") { () throws(ValidationError) in
            try LegalBasis(rawBasis)
        }
        let attributes = try reader.checked("attributes") { () throws(ValidationError) in
            try SharedAttribute.list(rawAttributes)
        }
        let draft = try reader.checked("") { () throws(ValidationError) in
            try SharingDraft(
                recipient: recipient, purpose: purpose, legalBasis: basis, attributes: attributes,
                sharedAt: sharedAt, expiresAt: expiresAt)
        }
        return (contact, draft)
    }
}
