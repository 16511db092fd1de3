public import LedgerFormat

/// A blind-index value: no two living contacts have the same one under one index.
public struct UniqueValue: Hashable, Sendable {
    /// E.g. `email`.
    public let index: String
    /// HMAC-SHA-256 by the keeper.
    public let value: Digest32

    public init(index: String, value: Digest32) {
        self.index = index
        self.value = value
    }
}
