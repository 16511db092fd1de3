/// A contact got an attribute; the newest of a type is the current one.
public struct AttributeEnriched: LedgerEvent {
    public static let stream = "contact"
    public static let type = "AttributeEnriched"

    public var attributeId: String
    /// Text of an `AttributeType`.
    public var attributeType: String
    /// Ten-thousandths, 0…10,000.
    public var confidence: Int
    public var provenanceId: String
    /// `Timestamp` text.
    public var validFrom: String
    /// `Timestamp` text; absent: open.
    public var validUntil: String?
    /// Field `value`, entity `attributeId`.
    public var value: EncryptedValue

    public init(
        attributeId: String, attributeType: String, confidence: Int, provenanceId: String,
        validFrom: String, validUntil: String?, value: EncryptedValue
    ) {
        self.attributeId = attributeId
        self.attributeType = attributeType
        self.confidence = confidence
        self.provenanceId = provenanceId
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.value = value
    }

    public func write(to payload: inout PayloadWriter) {
        payload.text("attributeId", attributeId)
        payload.text("attributeType", attributeType)
        payload.integer("confidence", confidence)
        payload.text("provenanceId", provenanceId)
        payload.text("validFrom", validFrom)
        payload.text("validUntil", validUntil)
        payload.sealed("value", value)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        attributeId = try payload.text("attributeId")
        attributeType = try payload.text("attributeType")
        confidence = Int(try payload.integer("confidence"))
        provenanceId = try payload.text("provenanceId")
        validFrom = try payload.text("validFrom")
        validUntil = try payload.optionalText("validUntil")
        value = try payload.sealed("value")
    }
}
