/// Attributes of a contact were given to a recipient.
public struct SharingRecorded: LedgerEvent {
    public static let stream = "sharing"
    public static let type = "SharingRecorded"

    /// Texts of `SharedAttribute`s.
    public var attributes: [String]
    /// `Timestamp` text; absent: open.
    public var expiresAt: String?
    public var legalBasis: LegalBasis
    public var purpose: String
    /// Text of a `RecipientID`.
    public var recipientId: String
    /// Field `recipientName`, entity `sharingId`.
    public var recipientName: EncryptedValue
    /// `Timestamp` text.
    public var sharedAt: String
    public var sharingId: String

    public init(
        attributes: [String], expiresAt: String?, legalBasis: LegalBasis, purpose: String,
        recipientId: String, recipientName: EncryptedValue, sharedAt: String, sharingId: String
    ) {
        self.attributes = attributes
        self.expiresAt = expiresAt
        self.legalBasis = legalBasis
        self.purpose = purpose
        self.recipientId = recipientId
        self.recipientName = recipientName
        self.sharedAt = sharedAt
        self.sharingId = sharingId
    }

    public func write(to payload: inout PayloadWriter) {
        payload.texts("attributes", attributes)
        payload.text("expiresAt", expiresAt)
        payload.text("legalBasis", legalBasis.rawValue)
        payload.text("purpose", purpose)
        payload.text("recipientId", recipientId)
        payload.sealed("recipientName", recipientName)
        payload.text("sharedAt", sharedAt)
        payload.text("sharingId", sharingId)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        attributes = try payload.texts("attributes")
        expiresAt = try payload.optionalText("expiresAt")
        legalBasis = try payload.choice("legalBasis", LegalBasis.self)
        purpose = try payload.text("purpose")
        recipientId = try payload.text("recipientId")
        recipientName = try payload.sealed("recipientName")
        sharedAt = try payload.text("sharedAt")
        sharingId = try payload.text("sharingId")
    }
}
