public import Foundation
import GRDB
import LedgerFormat

/// What a segment file holds, by its own tables.
enum SegmentContents {
    /// - Throws: `LedgerStoreError.damaged` unless the file is exactly a segment.
    static func identity(_ db: Database, number: UInt64) throws -> SegmentIdentity {
        let name = SegmentSchema.fileName(segment: number)
        let id = try Int64.fetchOne(db, sql: "PRAGMA application_id")
        let version = try Int64.fetchOne(db, sql: "PRAGMA user_version")
        let schema = try String.fetchSet(db, sql: "SELECT sql FROM sqlite_schema")
        guard id == Int64(SegmentSchema.applicationID), version == Int64(SegmentSchema.userVersion),
            schema == Set(SegmentSchema.statements)
        else {
            throw damaged("\(name) is not a segment of this format")
        }
        let rows = try Row.fetchAll(
            db, sql: "SELECT number, format, generation, first_index, origin, previous FROM segment"
        )
        guard let row = rows.first, rows.count == 1, row[0] as Int64 == Int64(number),
            row[1] as Int64 == Int64(EntryHeader.format),
            let generation = UInt64(exactly: row[2] as Int64),
            let firstIndex = UInt64(exactly: row[3] as Int64)
        else {
            throw damaged("\(name) does not say what its name says")
        }
        return SegmentIdentity(
            generation: generation, firstIndex: firstIndex, origin: row[4],
            previous: (row[5] as Data?).flatMap { Digest32($0) })
    }

    /// Entries; their indices must be without gaps from `firstIndex`.
    static func count(_ db: Database, firstIndex: UInt64, number: UInt64) throws -> UInt64 {
        let row = try Row.fetchOne(db, sql: "SELECT count(*), min(idx), max(idx) FROM entry")
        guard let row, let count = UInt64(exactly: row[0] as Int64) else { return 0 }
        guard count > 0 else { return 0 }
        guard row[1] as Int64? == Int64(firstIndex),
            row[2] as Int64? == Int64(firstIndex + count - 1)
        else {
            throw damaged(
                "\(SegmentSchema.fileName(segment: number)) has a gap among its entries")
        }
        return count
    }

    /// Index behind the last entry. Looks at both ends alone, unlike `count`: a start must not read every page.
    static func end(_ db: Database, firstIndex: UInt64, number: UInt64) throws -> UInt64 {
        let row = try Row.fetchOne(
            db, sql: "SELECT (SELECT min(idx) FROM entry), (SELECT max(idx) FROM entry)")
        guard let row, let first = row[0] as Int64?, let last = row[1] as Int64? else {
            return firstIndex
        }
        guard first == Int64(firstIndex), let last = UInt64(exactly: last), last >= firstIndex
        else {
            throw damaged(
                "\(SegmentSchema.fileName(segment: number)) begins with another entry than it says")
        }
        return last + 1
    }

    /// Ascending; of sizes from `size` on.
    static func boundaries(_ db: Database, from size: UInt64) throws -> [UInt64] {
        try Int64.fetchAll(
            db, sql: "SELECT size FROM boundary WHERE size >= ? ORDER BY size",
            arguments: [Int64(clamping: size)]
        ).map(UInt64.init(clamping:))
    }

    static func lastBoundary(_ db: Database) throws -> UInt64? {
        try Int64.fetchOne(db, sql: "SELECT max(size) FROM boundary").map(UInt64.init(clamping:))
    }

    static func unsignedBoundaries(_ db: Database) throws -> [UInt64] {
        try Int64.fetchAll(
            db,
            sql:
                "SELECT size FROM boundary WHERE size NOT IN (SELECT size FROM checkpoint) ORDER BY size"
        ).map(UInt64.init(clamping:))
    }

    static func lastCheckpoint(_ db: Database, upTo size: UInt64) throws -> SizedNote? {
        try note(
            db, "SELECT size, note FROM checkpoint WHERE size <= ? ORDER BY size DESC LIMIT 1", size
        )
    }

    static func lastPublished(_ db: Database) throws -> SizedNote? {
        try note(
            db, "SELECT size, note FROM published WHERE size <= ? ORDER BY size DESC LIMIT 1",
            LedgerLimits.maxInteger)
    }

    private static func note(_ db: Database, _ sql: String, _ size: UInt64) throws -> SizedNote? {
        try Row.fetchOne(db, sql: sql, arguments: [Int64(clamping: size)]).map { row in
            SizedNote(size: UInt64(clamping: row[0] as Int64), note: row[1])
        }
    }

    /// Entries from `index` on, in order: at most `limit`, and no more once they have `bytes`.
    static func entries(
        _ db: Database, from index: UInt64, limit: Int, bytes: Int
    ) throws -> [StoredEntry] {
        let rows = try Row.fetchCursor(
            try db.cachedStatement(
                sql: "SELECT idx, header, payload FROM entry WHERE idx >= ? ORDER BY idx LIMIT ?"),
            arguments: [Int64(clamping: index), limit])
        var entries: [StoredEntry] = []
        var total = 0
        while total < bytes, let row = try rows.next() {
            let entry = StoredEntry(
                index: UInt64(clamping: row[0] as Int64), header: row[1], payload: row[2])
            total += entry.header.count + entry.payload.count
            entries.append(entry)
        }
        return entries
    }

    static func headers(_ db: Database, from index: UInt64, limit: Int) throws -> [Data] {
        try Data.fetchAll(
            try db.cachedStatement(
                sql: "SELECT header FROM entry WHERE idx >= ? ORDER BY idx LIMIT ?"),
            arguments: [Int64(clamping: index), limit])
    }

    static func damaged(_ what: String) -> LedgerStoreError {
        LedgerStoreError(
            .damaged, "\(what). Keep the data directory as it is and run chancery-verify on it.")
    }
}

/// An entry as it stands in a segment.
public struct StoredEntry: Sendable {
    public let index: UInt64
    public let header: Data
    public let payload: Data
}
