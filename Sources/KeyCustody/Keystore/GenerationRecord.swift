import Foundation
import GRDB
import LedgerFormat

/// A row of `generation`: one that ended.
struct GenerationRecord: Sendable {
    let keys: TrustFile.Generation
    /// Payload of the `LedgerRecovered` with which the next one begins.
    let recovered: Data

    var generation: UInt64 { keys.generation }

    /// The keys that signed its checkpoints.
    var checkpointKeys: [NoteKey] {
        keys.keys.filter { $0.use == .checkpoint }.compactMap(\.noteKey)
    }

    static func all(_ db: Database, _ seal: StateSeal) throws -> [GenerationRecord] {
        try Row.fetchAll(db, sql: "SELECT * FROM generation ORDER BY generation").map { row in
            let (keys, recovered): (Data, Data) = (row["keys"], row["recovered"])
            try seal.check(
                row["mac"], "generation", columns(row["generation"], keys, recovered))
            guard let trust = try? TrustFile(parsing: keys), let only = trust.generations.first,
                trust.generations.count == 1
            else {
                throw KeyCustodyError(
                    .corrupt,
                    "the keystore's record of a generation that ended is damaged; restore keys/ as one whole"
                )
            }
            return GenerationRecord(keys: only, recovered: recovered)
        }
    }

    /// Inserts, or replaces the row of the same generation.
    func save(_ db: Database, _ seal: StateSeal) throws {
        let number = try TreeRecord.column(generation)
        let file = Data(try TrustFile(generations: [keys]).encoded())
        try db.execute(
            sql: "INSERT OR REPLACE INTO generation VALUES (?, ?, ?, ?)",
            arguments: [
                number, file, recovered,
                seal.mac("generation", Self.columns(number, file, recovered)),
            ])
    }

    private static func columns(_ number: Int64, _ keys: Data, _ recovered: Data) -> [Data] {
        [StateSeal.column(number), keys, recovered]
    }
}
