import Foundation
import GRDB
public import LedgerFormat

/// Questions to one snapshot of the projections. Valid only inside `ProjectionStore.read`.
public struct ProjectionReader {
    let db: Database

    init(_ db: Database) {
        self.db = db
    }

    /// What the tables know of their tree.
    func tree() throws -> TreePosition {
        let row = try Row.fetchOne(db, sql: "SELECT origin, base, size, root, nodes FROM meta")
        guard let row, let root = Digest32(row[3] as Data) else {
            throw ProjectionError(.unusable, "The tables in views/ are damaged; rebuild them.")
        }
        return TreePosition(
            origin: row[0], base: Self.number(row, 1), size: Self.number(row, 2), root: root,
            syncedNodes: Self.number(row, 4))
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

    /// What the ledger says of a key in the generation that is being projected: index of its `KeyActivated` and of its `KeyRetired`.
    public func signingKey(
        use: String, keyID: String
    ) throws -> (activated: UInt64?, retired: UInt64?) {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT activated - base, retired - base FROM signing_key JOIN meta USING (origin)
                WHERE use = ? AND key_id = ?
                """, arguments: [use, keyID])
        return (
            (row?[0] as Int64?).map { UInt64(clamping: $0) },
            (row?[1] as Int64?).map { UInt64(clamping: $0) }
        )
    }

    /// Orders to erase that have not been carried out, by the orders' position.
    public func openErasures() throws -> [(ordered: UInt64, subject: SubjectTag)] {
        try Row.fetchAll(db, sql: "SELECT ordered, subject FROM erasure ORDER BY ordered")
            .compactMap { row in
                SubjectTag(row[1] as Data).map { (Self.number(row, 0), $0) }
            }
    }

    /// The access policies that are in force behind the entry at a position; nil: none had been set.
    public func policySet(upTo position: UInt64) throws -> (position: UInt64, textHash: Digest32)? {
        let row = try Row.fetchOne(
            try db.cachedStatement(
                sql: """
                    SELECT position, text_hash FROM policy_set WHERE position <= ?
                    ORDER BY position DESC LIMIT 1
                    """), arguments: [Int64(clamping: position)])
        guard let row else { return nil }
        guard let hash = Digest32(row[1] as Data) else {
            throw ProjectionError(.unusable, "The tables in views/ are damaged; rebuild them.")
        }
        return (Self.number(row, 0), hash)
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

    /// Columns of ours are never negative; a damaged file must not trap.
    static func number(_ row: Row, _ column: Int) -> UInt64 {
        UInt64(clamping: row[column] as Int64)
    }
}

/// What the tables know of the tree that they are at.
struct TreePosition: Sendable {
    let origin: String
    /// Entries of earlier generations.
    let base: UInt64
    let size: UInt64
    let root: Digest32
    let syncedNodes: UInt64
}
