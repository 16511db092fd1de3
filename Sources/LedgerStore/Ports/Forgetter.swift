/// The keeper, when people are to be forgotten.
public protocol Forgetter: Sendable {
    /// Destroys the keys of the subjects of these orders, all in one step. May be repeated.
    ///
    /// - Parameter orders: receipts (FORMAT 7) of `ErasureOrdered` entries, which the keeper checks itself.
    func forget(_ orders: [[UInt8]]) async throws -> ErasureEpochs
}

/// Where the TPM's erasure epoch stood before a step and stands after it.
public struct ErasureEpochs: Sendable, Equatable {
    public let before: UInt64
    public let after: UInt64

    public init(before: UInt64, after: UInt64) {
        self.before = before
        self.after = after
    }
}
