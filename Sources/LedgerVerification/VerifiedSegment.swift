public import LedgerFormat

/// A segment every value of which holds, given the segments before it. There is no public initializer:
/// to hold one is to have verified it.
public struct VerifiedSegment: Sendable {
    public let number: UInt64
    public let generation: UInt64
    public let origin: String
    public let firstIndex: UInt64
    public let count: UInt64
    /// Leaf hash of its last entry; nil when an active segment has none yet.
    public let lastLeaf: Digest32?
    /// Root of the tree that ends with it; nil when earlier segments were not part of the evidence.
    public let root: Digest32?
    /// `H` of the manifest file; nil when the segment is not sealed.
    public let manifestHash: Digest32?
    /// Entries behind the last signed checkpoint: durable, not yet signed.
    public let unsignedTail: UInt64

    public var isSealed: Bool { manifestHash != nil }
    public var treeSize: UInt64 { firstIndex + count }
}
