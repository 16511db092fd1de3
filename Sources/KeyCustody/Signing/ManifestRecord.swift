import Foundation
import GRDB
import LedgerFormat

/// A row of `manifest`: what was signed last for a segment.
struct ManifestRecord: Sendable {
    let body: SegmentManifestBody
    /// `SegmentManifest.hash` of the file that body and signature make: what the next manifest must name.
    let fileHash: Digest32

    private init(_ row: Row, _ seal: StateSeal) throws {
        let (bytes, hash): (Data, Data) = (row["body"], row["file_hash"])
        try seal.check(
            row["mac"], "manifest", Self.columns(segment: row["segment"], body: bytes, hash: hash))
        guard let fileHash = Digest32(hash), let body = try? SegmentManifestBody(canonical: bytes)
        else {
            throw KeyCustodyError(
                .corrupt,
                "the keystore's record of a manifest is damaged; restore keys/ as one whole"
            )
        }
        self.body = body
        self.fileHash = fileHash
    }

    init(_ body: SegmentManifestBody, fileHash: Digest32) {
        self.body = body
        self.fileHash = fileHash
    }

    static func last(_ db: Database, _ seal: StateSeal) throws -> ManifestRecord? {
        try Row.fetchOne(db, sql: "SELECT * FROM manifest ORDER BY segment DESC LIMIT 1")
            .map { try ManifestRecord($0, seal) }
    }

    static func of(
        segment: UInt64, _ db: Database, _ seal: StateSeal
    ) throws -> ManifestRecord? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM manifest WHERE segment = ?",
            arguments: [TreeRecord.column(segment)]
        ).map { try ManifestRecord($0, seal) }
    }

    /// Inserts, or replaces the row of the same segment.
    func save(_ db: Database, _ seal: StateSeal) throws {
        let segment = try TreeRecord.column(body.segment)
        let columns = Self.columns(
            segment: segment, body: Data(body.canonicalBytes()), hash: Data(fileHash.bytes))
        try db.execute(
            sql: "INSERT OR REPLACE INTO manifest VALUES (?, ?, ?, ?)",
            arguments: [segment, columns[1], columns[2], seal.mac("manifest", columns)])
    }

    private static func columns(segment: Int64, body: Data, hash: Data) -> [Data] {
        [StateSeal.column(segment), body, hash]
    }
}
