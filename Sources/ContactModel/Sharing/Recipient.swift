/// Whom personal data is shared with: the id of a system, and the name that a data subject is told (Article 15(1)(c) GDPR).
///
/// The id stands in the clear in the ledger for good and must be a system's, `[A-Za-z0-9._:-]{1,64}`; the name is sealed, for it may be a
/// person's.
public struct Recipient: Hashable, Sendable {
    public let id: RecipientID
    /// NFC, trimmed, 1…256 bytes, no control characters.
    public let name: String

    /// - Throws: `ValidationError` with code `invalid-recipient`, pointing at `/id` or `/name`.
    public init(id rawID: String, name rawName: String) throws(ValidationError) {
        id = try validating(at: "/id") { () throws(ValidationError) in try RecipientID(rawID) }
        guard let name = TextRules.normalized(rawName, max: ModelLimits.recipientNameBytes),
            (1...ModelLimits.recipientNameBytes).contains(name.utf8.count),
            !TextRules.holdsForbidden(name)
        else {
            throw ValidationError(
                .invalidRecipient,
                "A recipient's name is 1 to \(ModelLimits.recipientNameBytes) bytes of UTF-8 without control and direction-override characters.",
                pointer: "/name")
        }
        self.name = name
    }
}

/// A recipient's system, `[A-Za-z0-9._:-]{1,64}`.
public struct RecipientID: Hashable, Sendable {
    public let text: String

    /// - Throws: `ValidationError` with code `invalid-recipient`.
    public init(_ raw: String) throws(ValidationError) {
        guard
            ASCII.matches(
                raw, max: ModelLimits.recipientIDBytes,
                { ASCII.isAlphanumeric($0) || "._:-".utf8.contains($0) })
        else {
            throw ValidationError(
                .invalidRecipient,
                "A recipient's id is 1 to 64 of letters, digits, '.', '_', ':' and '-'; it names a system, never a person."
            )
        }
        text = raw
    }
}
