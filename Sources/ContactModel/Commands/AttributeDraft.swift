/// An attribute to be recorded, validated.
public struct AttributeDraft: Hashable, Sendable {
    public let type: AttributeType
    public let value: AttributeValue
    public let confidence: Confidence
    public let source: ProvenanceSource
    public let validity: ValidityPeriod
    /// Nil: the contact's.
    public let label: SecurityLabel?

    public init(
        type: AttributeType, value: AttributeValue, confidence: Confidence,
        source: ProvenanceSource,
        validity: ValidityPeriod, label: SecurityLabel? = nil
    ) {
        self.type = type
        self.value = value
        self.confidence = confidence
        self.source = source
        self.validity = validity
        self.label = label
    }
}
