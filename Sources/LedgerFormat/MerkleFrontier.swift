// The right edge of an RFC 6962 tree: one hash per set bit of the size, from the largest perfect
// subtree (left) to the smallest (right). Size 13 = 0b1101 keeps the roots of leaves 0–7, 8–11, 12.
// Appending a leaf is binary addition: each trailing one-bit is a merge. The root folds from the right.

/// Appends leaves and knows the root, in O(log n) memory.
public struct MerkleFrontier: Sendable, Equatable {
    /// Leaves so far.
    public private(set) var size: UInt64
    /// Left to right, largest subtree first; as many as `size` has bits set.
    public private(set) var hashes: [Digest32]

    public init() {
        size = 0
        hashes = []
    }

    /// - Returns: nil unless the number of hashes fits the size, which is at most 2^53 − 1.
    public init?(size: UInt64, hashes: [Digest32]) {
        guard size <= LedgerLimits.maxInteger, hashes.count == size.nonzeroBitCount else {
            return nil
        }
        self.size = size
        self.hashes = hashes
    }

    /// The nodes whose hashes restore a frontier of this size, in the order `init(size:hashes:)` takes.
    public static func nodes(size: UInt64) -> [TreeNode] {
        TreeNode.covering(0, size)
    }

    public mutating func append(_ leaf: Digest32) {
        append(leaf) { _, _ in }
    }

    /// Appends a leaf and hands over every perfect subtree that it completes, the leaf itself first:
    /// what a store of nodes or tiles has to keep.
    public mutating func append(_ leaf: Digest32, completed: (TreeNode, Digest32) -> Void) {
        var hash = leaf
        var level = 0
        completed(TreeNode(level: 0, index: size), hash)
        var carry = size
        while carry & 1 == 1, let left = hashes.popLast() {
            hash = MerkleTree.nodeHash(left, hash)
            carry >>= 1
            level += 1
            completed(TreeNode(level: level, index: size >> UInt64(level)), hash)
        }
        hashes.append(hash)
        size += 1
    }

    /// Appends the leaves of a run that starts where this tree ends.
    public mutating func append(_ run: MerkleRun) {
        precondition(run.start == size, "the run starts elsewhere")
        for subtree in run.subtrees {
            var hash = subtree.hash
            var carry = size >> UInt64(subtree.level)
            while carry & 1 == 1, let left = hashes.popLast() {
                hash = MerkleTree.nodeHash(left, hash)
                carry >>= 1
            }
            hashes.append(hash)
            size += 1 << UInt64(subtree.level)
        }
    }

    public var root: Digest32 {
        guard var root = hashes.last else { return MerkleTree.emptyRoot }
        for left in hashes.dropLast().reversed() {
            root = MerkleTree.nodeHash(left, root)
        }
        return root
    }
}
