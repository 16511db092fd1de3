import LedgerFormat

/// What a manifest says of the segment's content and place, besides the file.
struct SealFacts: Sendable {
    let identity: SegmentIdentity
    let count: UInt64
    let firstLeaf: Digest32
    let lastLeaf: Digest32
    /// Of the entry before the segment; nil at 0.
    let timeBefore: LedgerTime?
    let root: Digest32
    let headsRoot: Digest32
    /// The tree and the heads that the segment continues.
    let frontierBefore: MerkleFrontier
    let headsBefore: [SubjectHeads.Head]
    /// Of the segment before.
    let previous: SegmentManifest?

    var treeSize: UInt64 { identity.firstIndex + count }
}
