/// Keyed hashes that recognize a repeated request without storing the client's key.
public struct IdempotencyTag: Sendable, Equatable {
    /// HMAC(day key, principal, key), 32 bytes.
    public let key: [UInt8]
    /// HMAC(day key, principal, key, request digest), 32 bytes.
    public let request: [UInt8]
}

/// What a client's `Idempotency-Key` header comes with.
public struct IdempotencyInput: Sendable {
    public let key: String
    /// SHA-256 of the request, 32 bytes.
    public let requestDigest: [UInt8]

    public init(key: String, requestDigest: [UInt8]) {
        self.key = key
        self.requestDigest = requestDigest
    }
}
