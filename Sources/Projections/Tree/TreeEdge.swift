import LedgerFormat

/// The right edge of the tree: what appending a leaf needs, and what was completed since the last write.
struct TreeEdge: Sendable {
    private(set) var frontier: MerkleFrontier
    private var completed: [Digest32] = []
    /// Place of the first of them in `NodeFile`.
    private var place: UInt64

    init(_ frontier: MerkleFrontier) {
        self.frontier = frontier
        place = TreeNode.completed(by: frontier.size)
    }

    mutating func append(_ leaf: Digest32) {
        // Taken out for the closure, which must not touch what is being changed.
        var completed: [Digest32] = []
        swap(&completed, &self.completed)
        frontier.append(leaf) { completed.append($1) }
        swap(&completed, &self.completed)
    }

    mutating func write(to nodes: NodeFile) throws {
        try nodes.write(completed, at: place)
        place += UInt64(completed.count)
        completed.removeAll(keepingCapacity: true)
    }
}
