/// What a person wrote, or a note of what they said; or where evidence of who they are is kept. Personal data: sealed wherever it
/// is stored. 1…4,096 bytes after normalization.
public struct RequestWords: Hashable, Sendable {
    public let text: String

    /// - Throws: `ValidationError` with code `invalid-words`.
    public init(_ raw: String) throws(ValidationError) {
        guard let text = TextRules.normalized(raw, max: ModelLimits.requestWordsBytes),
            (1...ModelLimits.requestWordsBytes).contains(text.utf8.count),
            !TextRules.holdsForbidden(text, but: ["\n", "\r", "\t"])
        else {
            throw ValidationError(
                .invalidWords,
                "It is 1 to \(ModelLimits.requestWordsBytes) bytes of text, without control characters but tabs and line ends."
            )
        }
        self.text = text
    }
}
