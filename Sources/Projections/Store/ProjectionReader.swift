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

    /// Leaves whose nodes in `NodeFile` are known to be on disk.
    func syncedNodes() throws -> UInt64 {
        UInt64(clamping: try Int64.fetchOne(db, sql: "SELECT nodes FROM meta") ?? 0)
    }

    /// Who has a unique value.
    func owner(of unique: UniqueValue) throws -> SubjectTag? {
        try Data.fetchOne(
            try db.cachedStatement(
                sql: "SELECT subject FROM unique_value WHERE index_name = ? AND value = ?"),
            arguments: [unique.index, unique.value.data]
        ).flatMap { SubjectTag($0) }
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
        try RawStatement(db, SubjectTable.all).forEach { row in
            guard let tag = SubjectTag(row.bytes(0)) else {
                throw ProjectionError(
                    .unusable, "A subject's row in views/ is damaged; rebuild them.")
            }
            let streams = SubjectTable.streams(row, from: 1)
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

    /// Columns of ours are never negative; a damaged file must not trap.
    static func number(_ row: Row, _ column: Int) -> UInt64 {
        UInt64(clamping: row[column] as Int64)
    }
}
