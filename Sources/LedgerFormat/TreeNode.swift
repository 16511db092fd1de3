/// A perfect subtree of an RFC 6962 tree: it covers the 2^level leaves from index · 2^level.
public struct TreeNode: Hashable, Sendable {
    /// 0 is a leaf.
    public let level: Int
    /// Position among the nodes of the level.
    public let index: UInt64

    public init(level: Int, index: UInt64) {
        self.level = level
        self.index = index
    }

    /// Its place among all perfect subtrees, in the order in which appended leaves complete them: each leaf, then the
    /// subtrees that end with it, smallest first. Without meaning for a node that no tree of ours has.
    public var completionOrder: UInt64 {
        let last = ((index &+ 1) << UInt64(level)) &- 1
        return Self.completed(by: last) &+ UInt64(level)
    }

    /// How many perfect subtrees a tree of `size` leaves has.
    public static func completed(by size: UInt64) -> UInt64 {
        2 &* size &- UInt64(size.nonzeroBitCount)
    }

    /// The perfect subtrees that leaves `start ..< end` fall into, left to right, largest possible
    /// first. For the ranges that RFC 6962 cuts (start a multiple of a power of two that is at least
    /// the length) their hashes fold from the right into the range's root.
    static func covering(_ start: UInt64, _ end: UInt64) -> [TreeNode] {
        var nodes: [TreeNode] = []
        var at = start
        while at < end {
            let fits = UInt64.bitWidth - 1 - (end - at).leadingZeroBitCount
            let level = min(fits, at.trailingZeroBitCount)
            nodes.append(TreeNode(level: level, index: at >> UInt64(level)))
            at += 1 << UInt64(level)
        }
        return nodes
    }
}
