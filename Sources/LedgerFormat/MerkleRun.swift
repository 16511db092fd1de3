// Leaves 5 ..< 11 are the perfect subtrees 5, 6–7, 8–9, 10: a node is complete as soon as its right half is, and
// joins its left half where that lies in the run too. What is left fits together with the runs before and behind.

/// Consecutive leaves of an RFC 6962 tree, from any position on, as the fewest perfect subtrees. Several cores
/// hash runs of one tree apart; `MerkleFrontier.append(_:)` puts them together in order.
public struct MerkleRun: Sendable {
    /// Position of the first leaf.
    public let start: UInt64
    /// Position behind the last leaf.
    public private(set) var end: UInt64
    /// Left to right.
    private(set) var subtrees: [(level: Int, hash: Digest32)] = []

    public init(start: UInt64) {
        self.start = start
        end = start
    }

    public mutating func append(_ leaf: Digest32) {
        var hash = leaf
        var level = 0
        var carry = end
        while carry & 1 == 1, let left = subtrees.last, left.level == level {
            subtrees.removeLast()
            hash = MerkleTree.nodeHash(left.hash, hash)
            carry >>= 1
            level += 1
        }
        subtrees.append((level, hash))
        end += 1
    }
}
