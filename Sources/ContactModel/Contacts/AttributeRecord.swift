/// An attribute's value, still encrypted, with where it came from and when it holds.
public struct AttributeRecord: Hashable, Sendable {
    public let id: String
    public let type: String
    /// The label that the value is bound to.
    public var label: String
    public var value: EncryptedValue
    public let provenanceID: String
    /// Nil: the provenance entry is missing.
    public let sourceType: String?
    public let sourceIdentity: String?
    /// Ten-thousandths.
    public let confidence: Int
    public let validFrom: String
    public let validUntil: String?

    public init(
        id: String, type: String, label: String, value: EncryptedValue, provenanceID: String,
        sourceType: String?, sourceIdentity: String?, confidence: Int, validFrom: String,
        validUntil: String?
    ) {
        self.id = id
        self.type = type
        self.label = label
        self.value = value
        self.provenanceID = provenanceID
        self.sourceType = sourceType
        self.sourceIdentity = sourceIdentity
        self.confidence = confidence
        self.validFrom = validFrom
        self.validUntil = validUntil
    }
}
