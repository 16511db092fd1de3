/// An attribute to be recorded, validated.
public struct AttributeDraft: Hashable, Sendable {
    public let type: AttributeType
    public let value: AttributeValue
    public let confidence: Confidence
    public let source: ProvenanceSource
    public let validity: ValidityPeriod

    public init(
        type: AttributeType, value: AttributeValue, confidence: Confidence,
        source: ProvenanceSource,
        validity: ValidityPeriod
    ) {
        self.type = type
        self.value = value
        self.confidence = confidence
        self.source = source
        self.validity = validity
    }
}
