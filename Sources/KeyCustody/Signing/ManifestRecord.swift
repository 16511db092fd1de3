import Foundation
import GRDB
import LedgerFormat

/// A row of `manifest`: what was signed for a segment.
struct ManifestRecord: Sendable {
    let segment: Int64
    let generation: Int64
    let treeSize: Int64
    let root: Data
    let bodyHash: Data

    /// - Throws: `KeyCustodyError.invalid` for numbers that no ledger reaches.
    init(_ body: SegmentManifestBody, hash: Data) throws {
        segment = try TreeRecord.column(body.segment)
        generation = try TreeRecord.column(body.generation)
        treeSize = try TreeRecord.column(body.treeSize)
        root = Data(body.root.bytes)
        bodyHash = hash
    }

    private init(_ row: Row) {
        segment = row["segment"]
        generation = row["generation"]
        treeSize = row["tree_size"]
        root = row["root"]
        bodyHash = row["body_hash"]
    }

    static func last(_ db: Database) throws -> ManifestRecord? {
        try Row.fetchOne(db, sql: "SELECT * FROM manifest ORDER BY segment DESC LIMIT 1")
            .map(ManifestRecord.init)
    }

    static func of(segment: Int64, _ db: Database) throws -> ManifestRecord? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM manifest WHERE segment = ?", arguments: [segment]
        ).map(ManifestRecord.init)
    }

    /// Inserts, or replaces the row of the same segment.
    func save(_ db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO manifest VALUES (?, ?, ?, ?, ?)",
            arguments: [segment, generation, treeSize, root, bodyHash])
    }
}
