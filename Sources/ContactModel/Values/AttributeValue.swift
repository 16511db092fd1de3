/// The value of an enriched attribute: text in NFC, trimmed, 1…4,096 bytes, no control characters but line
/// feed and tab.
public struct AttributeValue: Hashable, Sendable {
    public let text: String

    /// - Throws: `ValidationError` with code `invalid-attribute-value`.
    public init(_ raw: String) throws(ValidationError) {
        guard let text = TextRules.normalized(raw, max: ModelLimits.attributeValueBytes),
            (1...ModelLimits.attributeValueBytes).contains(text.utf8.count)
        else {
            throw ValidationError(
                .invalidAttributeValue,
                "The value is 1 to 4096 bytes of UTF-8, not only white space.")
        }
        guard !TextRules.holdsForbidden(text, but: ["\n", "\t"]) else {
            throw ValidationError(
                .invalidAttributeValue,
                "The value holds a control or direction-override character; remove it.")
        }
        self.text = text
    }
}
