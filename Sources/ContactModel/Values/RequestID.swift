/// The client's name for a request, `[A-Za-z0-9._-]{1,128}`; it stands in the audit entry for good.
public struct RequestID: Hashable, Sendable {
    public let text: String

    /// - Throws: `ValidationError` with code `invalid-request-id`.
    public init(_ raw: String) throws(ValidationError) {
        guard
            ASCII.matches(
                raw, max: ModelLimits.requestIDBytes,
                { ASCII.isAlphanumeric($0) || "._-".utf8.contains($0) })
        else {
            throw ValidationError(
                .invalidRequestID,
                "X-Request-ID is 1 to 128 letters, digits, dots, underscores and hyphens.")
        }
        text = raw
    }

    private init(unchecked text: String) { self.text = text }

    /// For a request that came without one.
    public static func random() -> RequestID { RequestID(unchecked: EntityID.random().text) }
}
