public import LedgerFormat

/// What became of a mutation that carried an idempotency key.
public struct IdempotencyRecord: Hashable, Sendable {
    /// HMAC over principal, key and request.
    public let request: Digest32
    public let firstIndex: UInt64
    /// Entries, at least 1.
    public let count: UInt64

    public init(request: Digest32, firstIndex: UInt64, count: UInt64) {
        self.request = request
        self.firstIndex = firstIndex
        self.count = count
    }
}
