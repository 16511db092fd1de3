public import LedgerFormat

/// What became of a mutation that carried an idempotency key.
public struct IdempotencyRecord: Hashable, Sendable {
    /// HMAC over principal, key and request.
    public let request: Digest32
    /// Of its first entry.
    public let position: UInt64
    /// Entries, at least 1.
    public let count: UInt64

    public init(request: Digest32, position: UInt64, count: UInt64) {
        self.request = request
        self.position = position
        self.count = count
    }
}
