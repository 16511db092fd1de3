import Foundation
import GRDB
import LedgerFormat

/// Hashes of perfect subtrees out of tiles, for comparing `NodeFile` with them: a node of level 8·t + k is the root over 2^k
/// hashes of one tile of level t. Lives as long as the snapshot it reads.
struct TileNodeReader: TreeNodeReader {
    let db: Database

    func hashes(of nodes: [TreeNode]) throws -> [Digest32] {
        // Up to eight nodes stand in one tile: each is read once.
        var tiles: [TilePlace: Data] = [:]
        return try nodes.map { node in
            let first = node.index << UInt64(node.level % 8)
            let place = TilePlace(
                level: node.level / 8, number: first / UInt64(LedgerLimits.tileWidth))
            let offset = Int(first % UInt64(LedgerLimits.tileWidth))
            let bytes = try tiles[place] ?? TileTable.bytes(db, at: place)
            tiles[place] = bytes
            return MerkleTree.root(
                ofLeaves: try TileTable.hashes(
                    bytes, at: place, offset..<offset + 1 << (node.level % 8)))
        }
    }
}
