/// A person's full name as one string, in any script: NFC, trimmed, 1…512 bytes, no control characters.
public struct PersonName: Hashable, Sendable {
    public let text: String

    /// - Throws: `ValidationError` with code `invalid-name`.
    public init(_ raw: String) throws(ValidationError) {
        guard let text = TextRules.normalized(raw, max: ModelLimits.nameBytes),
            text.utf8.count <= ModelLimits.nameBytes
        else { throw ValidationError(.invalidName, "The name is longer than 512 bytes of UTF-8.") }
        guard !text.isEmpty else {
            throw ValidationError(.invalidName, "The name is empty; leave the field out instead.")
        }
        guard !TextRules.holdsForbidden(text) else {
            throw ValidationError(
                .invalidName, "The name holds a control or direction-override character; remove it."
            )
        }
        self.text = text
    }
}
