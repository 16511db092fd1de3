import LedgerFormat

/// Folds entries into the tables of one connection.
final class ProjectionWriter: Sendable {
    private let tables: ProjectionTables
    private let expiry: IdempotencyExpiry
    private let newSize: RawStatement

    init(_ statements: StatementSet) throws {
        tables = try ProjectionTables(statements)
        expiry = try IdempotencyExpiry(statements)
        newSize = try statements.prepare(
            "UPDATE meta SET size = ?, root = ?, nodes = ? WHERE id = 1")
    }

    /// How far the tables are, a value: the store keeps the new one only after its transaction committed.
    struct Position: Sendable {
        fileprivate var edge: TreeEdge
        let origin: String
        /// Entries of earlier generations.
        let base: UInt64

        init(_ frontier: MerkleFrontier, origin: String, base: UInt64) {
            edge = TreeEdge(frontier)
            self.origin = origin
            self.base = base
        }

        var size: UInt64 { edge.frontier.size }
    }

    /// - Parameter synced: leaves whose nodes are on disk.
    /// - Throws: `ProjectionError.outOfOrder`, or what SQLite throws; the caller then rolls back and
    ///   forgets `position`.
    func apply(
        _ entries: [ProjectedEntry], to position: inout Position, _ nodes: NodeFile, synced: UInt64
    ) throws {
        var projection = EventProjection(tables, base: position.base)
        for entry in entries {
            guard entry.header.index == position.size else {
                throw ProjectionError(
                    .outOfOrder,
                    "Entry \(entry.header.index) was handed over where \(position.size) is next.")
            }
            position.edge.append(entry.leafHash)
            try projection.project(entry)
        }
        try projection.finish()
        if let now = entries.last?.header.time {
            try expiry.prune(now: now, added: projection.rememberedRows)
        }
        try position.edge.write(to: nodes)
        newSize.bind(1, position.size)
        newSize.bind(2, blob: position.edge.frontier.root)
        newSize.bind(3, synced)
        try newSize.run()
    }
}
