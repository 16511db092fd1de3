import Foundation
import GRDB
import LedgerFormat

/// A row of `manifest`: the manifest file that was signed last for a segment.
struct ManifestRecord: Sendable {
    let manifest: SegmentManifest
    /// Where the seal counter stands in its attestation.
    let counter: UInt64

    var body: SegmentManifestBody { manifest.body }

    private init(_ row: Row, _ seal: StateSeal) throws {
        let (file, counter): (Data, Int64) = (row["file"], row["counter"])
        try seal.check(
            row["mac"], "manifest", Self.columns(row["segment"], file, counter))
        guard let manifest = try? SegmentManifest(parsing: file) else {
            throw KeyCustodyError(
                .corrupt,
                "the keystore's record of a manifest is damaged; restore keys/ as one whole"
            )
        }
        self.manifest = manifest
        self.counter = UInt64(bitPattern: counter)
    }

    init(_ manifest: SegmentManifest, counter: UInt64) {
        self.manifest = manifest
        self.counter = counter
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

    /// Of segments whose seals a recovery did not find.
    static func drop(after segment: UInt64, _ db: Database) throws {
        try db.execute(
            sql: "DELETE FROM manifest WHERE segment > ?",
            arguments: [TreeRecord.column(segment)])
    }

    /// Inserts, or replaces the row of the same segment.
    func save(_ db: Database, _ seal: StateSeal) throws {
        let segment = try TreeRecord.column(body.segment)
        let (file, counter) = (Data(manifest.fileBytes()), Int64(bitPattern: counter))
        try db.execute(
            sql: "INSERT OR REPLACE INTO manifest VALUES (?, ?, ?, ?)",
            arguments: [
                segment, file, counter, seal.mac("manifest", Self.columns(segment, file, counter)),
            ])
    }

    private static func columns(_ segment: Int64, _ file: Data, _ counter: Int64) -> [Data] {
        [StateSeal.column(segment), file, StateSeal.column(counter)]
    }
}
