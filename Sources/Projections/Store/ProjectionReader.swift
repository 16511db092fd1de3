public import Foundation
import GRDB
public import LedgerFormat

/// Questions to one snapshot of the projections. Valid only inside `ProjectionStore.read`.
public struct ProjectionReader {
    let db: Database

    init(_ db: Database) {
        self.db = db
    }

    /// Entries 0 ..< size are in this snapshot.
    public func size() throws -> UInt64 {
        UInt64(clamping: try Int64.fetchOne(db, sql: "SELECT size FROM meta") ?? 0)
    }

    public func streams(of subject: SubjectTag) throws -> SubjectStreams {
        try SubjectHeadTable.streams(db, of: subject)
    }

    /// Whether a contact id or a unique value belongs to somebody: one question, since every creation asks it.
    public func isTaken(id: ContactID, unique: UniqueValue?) throws -> Bool {
        try Bool.fetchOne(
            try db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM contact WHERE contact_id = ?)
                    OR EXISTS (SELECT 1 FROM unique_value WHERE index_name = ? AND value = ?)
                    """),
            arguments: [id.bytes, unique?.index, unique?.value.data]) ?? false
    }

    /// Who has a unique value.
    public func owner(of unique: UniqueValue) throws -> SubjectTag? {
        try Data.fetchOne(
            try db.cachedStatement(
                sql: "SELECT subject FROM unique_value WHERE index_name = ? AND value = ?"),
            arguments: [unique.index, unique.value.data]
        ).flatMap { SubjectTag($0) }
    }

    public func idempotency(_ key: Digest32) throws -> IdempotencyRecord? {
        try idempotency(of: [key])[key]
    }

    /// What is known of several keys, in one question: every creation asks for one key per day that is alive.
    public func idempotency(of keys: [Digest32]) throws -> [Digest32: IdempotencyRecord] {
        guard !keys.isEmpty else { return [:] }
        let marks = Array(repeating: "?", count: keys.count).joined(separator: ", ")
        let rows = try Row.fetchCursor(
            try db.cachedStatement(
                sql:
                    "SELECT key, request, first_index, count FROM idempotency WHERE key IN (\(marks))"
            ),
            arguments: StatementArguments(keys.map(\.data)))
        var records: [Digest32: IdempotencyRecord] = [:]
        while let row = try rows.next() {
            guard let key = Digest32(row[0] as Data), let request = Digest32(row[1] as Data) else {
                continue
            }
            records[key] = IdempotencyRecord(
                request: request, firstIndex: Self.number(row, 2), count: Self.number(row, 3))
        }
        return records
    }

    /// Manifest hash that a `SegmentSealed` entry pins, if there is one for the segment.
    public func sealedSegment(_ segment: UInt64) throws -> Digest32? {
        try Data.fetchOne(
            db, sql: "SELECT manifest_hash FROM sealed_segment WHERE segment = ?",
            arguments: [Int64(clamping: segment)]
        ).flatMap { Digest32($0) }
    }

    /// Every subject head, in the order of FORMAT 5.2, one at a time.
    public func forEachHead(_ body: (SubjectHeads.Head) throws -> Void) throws {
        try SubjectHeadTable.forEach(db) { tag, streams in
            for stream in SubjectStreams.order {
                guard let head = streams[stream] else { continue }
                try body(
                    SubjectHeads.Head(
                        tag: tag, stream: stream, lastIndex: head.lastIndex, version: head.version))
            }
        }
    }

    /// The first `width` hashes of a tile; nil when no tree here has it that wide.
    public func tile(_ tile: Tile) throws -> Data? {
        try TileTable.bytes(db, level: tile.level, number: tile.number, width: tile.width)
    }

    public var nodes: TileNodeReader { TileNodeReader(db: db) }

    /// Columns of ours are never negative; a damaged file must not trap.
    static func number(_ row: Row, _ column: Int) -> UInt64 {
        UInt64(clamping: row[column] as Int64)
    }
}
