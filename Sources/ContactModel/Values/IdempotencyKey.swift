/// The client's name for one mutation: 1…255 visible ASCII characters. It reaches the ledger as an HMAC only.
public struct IdempotencyKey: Hashable, Sendable {
    public let text: String

    /// - Throws: `ValidationError` with code `invalid-idempotency-key`.
    public init(_ raw: String) throws(ValidationError) {
        guard ASCII.matches(raw, max: ModelLimits.idempotencyKeyBytes, { $0 >= 0x21 && $0 <= 0x7E })
        else {
            throw ValidationError(
                .invalidIdempotencyKey,
                "An idempotency key is 1 to 255 visible ASCII characters without spaces.")
        }
        text = raw
    }
}
