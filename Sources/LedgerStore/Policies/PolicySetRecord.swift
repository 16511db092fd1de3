public import LedgerFormat

/// Access policies that were set, and the entry that did it.
public struct PolicySetRecord: Sendable, Equatable {
    /// Position of the entry, which counts on over generations: what `expected` names.
    public let version: UInt64
    public let generation: UInt64
    /// Of the entry, in its generation.
    public let index: UInt64
    public let textHash: Digest32
}
