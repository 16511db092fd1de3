/// Where the proof of a consent lies, such as a message id or a document number: 1…512 bytes of any text. It may name a person, so
/// that it stands in the ledger encrypted.
public struct EvidenceReference: Hashable, Sendable {
    public let text: String

    /// - Throws: `ValidationError` with code `invalid-consents`.
    public init(_ raw: String) throws(ValidationError) {
        guard let text = TextRules.normalized(raw, max: ModelLimits.evidenceBytes),
            (1...ModelLimits.evidenceBytes).contains(text.utf8.count),
            !TextRules.holdsForbidden(text)
        else {
            throw ValidationError(
                .invalidConsents,
                "evidenceRef is 1 to \(ModelLimits.evidenceBytes) bytes of UTF-8 without control characters."
            )
        }
        self.text = text
    }
}
