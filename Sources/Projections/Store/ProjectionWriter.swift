import Foundation
import GRDB
import LedgerFormat

/// Folds entries into the tables. A value: the store keeps the new one only after its transaction
/// committed.
struct ProjectionWriter: Sendable {
    private(set) var size: UInt64
    private var edge: TileEdge

    init(size: UInt64, edge: TileEdge) {
        self.size = size
        self.edge = edge
    }

    /// - Throws: `ProjectionError.outOfOrder`, or what SQLite throws; the caller then rolls back and
    ///   forgets this value.
    mutating func apply(_ entries: [ProjectedEntry], to db: Database) throws {
        var projection = EventProjection(db)
        for entry in entries {
            guard entry.header.index == size else {
                throw ProjectionError(
                    .outOfOrder,
                    "Entry \(entry.header.index) was handed over where \(size) is next.")
            }
            size += 1
            edge.append(entry.leafHash)
            try projection.project(entry)
        }
        try projection.finish()
        if let now = entries.last?.header.time {
            try IdempotencyExpiry.prune(db, now: now, added: projection.rememberedRows)
        }
        try edge.write(to: db)
        try db.cachedStatement(sql: "UPDATE meta SET size = ? WHERE id = 1")
            .execute(arguments: [Int64(size)])
    }
}
