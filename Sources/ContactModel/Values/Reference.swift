/// A name that one line of a bulk request gives a new contact for the lines after it: `[A-Za-z0-9._:-]{1,128}`.
///
/// Results name it, so its alphabet keeps addresses and names of people out.
public struct Reference: Hashable, Sendable {
    public let text: String

    /// - Throws: `ValidationError` with code `invalid-ref`.
    public init(_ raw: String) throws(ValidationError) {
        guard
            ASCII.matches(
                raw, max: ModelLimits.referenceBytes,
                { ASCII.isAlphanumeric($0) || "._:-".utf8.contains($0) })
        else {
            throw ValidationError(
                .invalidReference, "A ref is 1 to 128 letters, digits, '.', '_', ':' and '-'.")
        }
        text = raw
    }
}
