import GRDB
import LedgerFormat

extension NodeFile {
    /// Makes the file agree with the tiles of a tree of `size` leaves, before anybody reads it.
    ///
    /// - Parameter synced: leaves whose nodes are known to have reached the disk. Those of later ones may be lost, which does
    ///   not show, so they are made again. A file whose tree is another one, or that is not there, is made anew.
    func restore(_ db: Database, synced: UInt64, size: UInt64) throws {
        let root = try MerkleProof.root(size: size, reader: TileNodeReader(db: db))
        if let frontier = try? frontier(of: min(synced, size)) {
            try extend(frontier, to: size, db)
            if try MerkleProof.root(size: size, reader: self) == root { return }
        }
        try extend(MerkleFrontier(), to: size, db)
        forget()
    }

    /// The right edge of the first `size` leaves.
    func frontier(of size: UInt64) throws -> MerkleFrontier {
        guard
            let frontier = MerkleFrontier(
                size: size, hashes: try hashes(of: MerkleFrontier.nodes(size: size)))
        else {
            throw ProjectionError(.unusable, "The tree in views/ is damaged; rebuild it.")
        }
        return frontier
    }

    private func extend(_ frontier: MerkleFrontier, to size: UInt64, _ db: Database) throws {
        var frontier = frontier
        let width = UInt64(LedgerLimits.tileWidth)
        while frontier.size < size {
            let place = TilePlace(level: 0, number: frontier.size / width)
            let first = Int(frontier.size % width)
            let count = Int(min(width, size - place.number * width))
            let leaves = try TileTable.hashes(
                TileTable.bytes(db, at: place), at: place, first..<count)
            let start = TreeNode.completed(by: frontier.size)
            var completed: [Digest32] = []
            for leaf in leaves { frontier.append(leaf) { completed.append($1) } }
            try write(completed, at: start)
        }
    }
}
