import ContactModel
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
        var heads: [HeadKey: StreamHead] = [:]
        var touched: [SubjectTag: (version: UInt64, time: LedgerTime)] = [:]
        for entry in entries {
            let header = entry.header
            guard header.index == size else {
                throw ProjectionError(
                    .outOfOrder, "Entry \(header.index) was handed over where \(size) is next.")
            }
            size += 1
            edge.append(entry.leafHash)
            if let subject = header.subject, let version = header.subjectVersion {
                heads[HeadKey(subject: subject, stream: header.stream)] = StreamHead(
                    lastIndex: header.index, version: version)
                // An audit entry never moves a contact's version.
                if header.stream != .audit { touched[subject] = (header.index, header.time) }
            }
            try EventProjection(db: db, header: header).project(entry.event, side: entry.side)
        }
        try write(heads, to: db)
        try write(touched, to: db)
        try edge.write(to: db)
        try db.cachedStatement(sql: "UPDATE meta SET size = ? WHERE id = 1")
            .execute(arguments: [Int64(size)])
    }

    /// Once per subject and batch, not per entry.
    private func write(_ heads: [HeadKey: StreamHead], to db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO subject_head (subject, stream, last_index, version) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET last_index = excluded.last_index, version = excluded.version
                """)
        for (key, head) in heads {
            try statement.execute(arguments: [
                key.subject.data, key.stream.rawValue, Int64(head.lastIndex), Int64(head.version),
            ])
        }
    }

    private func write(
        _ touched: [SubjectTag: (version: UInt64, time: LedgerTime)], to db: Database
    ) throws {
        let statement = try db.cachedStatement(
            sql: "UPDATE contact SET version = ?, updated_at = ? WHERE subject = ?")
        for (subject, change) in touched {
            try statement.execute(arguments: [
                Int64(change.version), change.time.text, subject.data,
            ])
        }
    }
}
