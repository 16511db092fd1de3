/// Where hashes of perfect subtrees are kept: tiles, a database, or leaves in memory.
public protocol TreeNodeReader {
    /// - Returns: one hash per node, in the order asked for.
    func hashes(of nodes: [TreeNode]) throws -> [Digest32]
}
