import LedgerFormat

/// What the next entry continues: a value, so that a group that fails to commit leaves nothing behind.
struct TreeState: Sendable, Equatable {
    var frontier = MerkleFrontier()
    /// Entries of earlier generations.
    var base: UInt64 = 0
    /// Leaf hash of the last entry.
    var lastLeaf: Digest32?
    var lastTime: LedgerTime?

    var size: UInt64 { frontier.size }
    /// Of the next entry: its index counted on over all generations.
    var position: UInt64 { base + size }

    mutating func append(leaf: Digest32, time: LedgerTime) {
        frontier.append(leaf)
        lastLeaf = leaf
        lastTime = time
    }
}
