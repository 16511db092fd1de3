import LedgerFormat

extension NodeFile {
    /// Makes the file the one of a tree of `size` leaves, before anybody reads it.
    ///
    /// - Parameter synced: leaves whose nodes are known to have reached the disk. Those of later ones may be lost, which does
    ///   not show, so they are made again. A file of another tree, or one that is not there, is made anew.
    /// - Parameter root: of the tree that the tables beside it follow from.
    /// - Parameter leaves: leaf hashes of the ledger.
    /// - Returns: the tree's right edge.
    /// - Throws: `ProjectionError.unusable` when the ledger's leaves are not those of the tables.
    func restore(
        synced: UInt64, size: UInt64, root: Digest32, leaves: (Range<UInt64>) throws -> [Digest32]
    ) throws -> MerkleFrontier {
        if var frontier = try? frontier(of: synced), synced <= size {
            try extend(&frontier, to: size, leaves)
            if frontier.root == root { return frontier }
        }
        var frontier = MerkleFrontier()
        try extend(&frontier, to: size, leaves)
        forget()
        guard frontier.root == root else {
            throw ProjectionError(
                .unusable, "The tables in views/ are of another ledger; rebuild them.")
        }
        return frontier
    }

    private func frontier(of size: UInt64) throws -> MerkleFrontier? {
        MerkleFrontier(size: size, hashes: try hashes(of: MerkleFrontier.nodes(size: size)))
    }

    private func extend(
        _ frontier: inout MerkleFrontier, to size: UInt64,
        _ leaves: (Range<UInt64>) throws -> [Digest32]
    ) throws {
        var edge = TreeEdge(frontier)
        while edge.frontier.size < size {
            let next = edge.frontier.size..<min(edge.frontier.size + Self.leavesPerStep, size)
            let hashes = try leaves(next)
            guard hashes.count == next.count else {
                throw ProjectionError(
                    .unusable, "The tables in views/ know entries that the ledger has not.")
            }
            for hash in hashes { edge.append(hash) }
            try edge.write(to: self)
        }
        frontier = edge.frontier
    }

    private static let leavesPerStep: UInt64 = 4_096
}
