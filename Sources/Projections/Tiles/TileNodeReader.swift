import GRDB
public import LedgerFormat

/// Hashes of perfect subtrees out of tiles: a node of level 8·t + k is the root over 2^k hashes of one
/// tile of level t. Lives as long as the snapshot it reads.
public struct TileNodeReader: TreeNodeReader {
    let db: Database

    public func hashes(of nodes: [TreeNode]) throws -> [Digest32] {
        try nodes.map { node in
            let width = 1 << (node.level % 8)
            let first = node.index << UInt64(node.level % 8)
            let offset = Int(first % UInt64(LedgerLimits.tileWidth))
            let hashes = try TileTable.hashes(
                db, level: node.level / 8, number: first / UInt64(LedgerLimits.tileWidth),
                width: offset + width)
            return MerkleTree.root(ofLeaves: hashes.dropFirst(offset))
        }
    }
}
