/// A trusted subject raised or endorsed a contact: from here on it bears the entry's own label, and so do its values, which the
/// keeper sealed anew. Older values of its attributes stay as they were.
public struct ContactRelabelled: LedgerEvent {
    public static let stream = "contact"
    public static let type = "ContactRelabelled"

    /// Current attributes, oldest first.
    public var attributes: [Attribute]
    /// Field `email`, entity `entity`.
    public var email: EncryptedValue
    /// The contact's own, as in its `ContactCreated`.
    public var entity: String
    /// The contact's label until here.
    public var fromLabel: String
    /// Field `fullName`, entity `entity`; absent: the contact has none.
    public var fullName: EncryptedValue?
    /// A `RelabelReason`.
    public var reason: String

    public struct Attribute: Sendable, Equatable {
        public var attributeId: String
        /// Field `value`, entity `attributeId`.
        public var value: EncryptedValue

        public init(attributeId: String, value: EncryptedValue) {
            self.attributeId = attributeId
            self.value = value
        }
    }

    public init(
        attributes: [Attribute], email: EncryptedValue, entity: String, fromLabel: String,
        fullName: EncryptedValue?, reason: String
    ) {
        self.attributes = attributes
        self.email = email
        self.entity = entity
        self.fromLabel = fromLabel
        self.fullName = fullName
        self.reason = reason
    }

    public func write(to payload: inout PayloadWriter) {
        payload.objects("attributes", attributes) { attribute, payload in
            payload.text("attributeId", attribute.attributeId)
            payload.sealed("value", attribute.value)
        }
        payload.sealed("email", email)
        payload.text("entity", entity)
        payload.text("fromLabel", fromLabel)
        payload.sealed("fullName", fullName)
        payload.text("reason", reason)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        attributes = try payload.objects("attributes") { reader throws(PayloadError) in
            Attribute(
                attributeId: try reader.text("attributeId"), value: try reader.sealed("value"))
        }
        email = try payload.sealed("email")
        entity = try payload.text("entity")
        fromLabel = try payload.text("fromLabel")
        fullName = try payload.optionalSealed("fullName")
        reason = try payload.text("reason")
    }
}
