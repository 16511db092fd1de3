/// A contact came into the ledger.
public struct ContactCreated: LedgerEvent {
    public static let stream = "contact"
    public static let type = "ContactCreated"

    /// Field `contactId`: 16 bytes of the contact's id.
    public var contactId: EncryptedValue
    /// Field `email`: the canonical form.
    public var email: EncryptedValue
    /// UUID that the values here are bound to; not the contact id.
    public var entity: String
    /// Field `fullName`.
    public var fullName: EncryptedValue?

    public init(
        contactId: EncryptedValue, email: EncryptedValue, entity: String, fullName: EncryptedValue?
    ) {
        self.contactId = contactId
        self.email = email
        self.entity = entity
        self.fullName = fullName
    }

    public func write(to payload: inout PayloadWriter) {
        payload.sealed("contactId", contactId)
        payload.sealed("email", email)
        payload.text("entity", entity)
        payload.sealed("fullName", fullName)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        contactId = try payload.sealed("contactId")
        email = try payload.sealed("email")
        entity = try payload.text("entity")
        fullName = try payload.optionalSealed("fullName")
    }
}
