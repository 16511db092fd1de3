import ContactModel
import Foundation
import LedgerFormat

/// Rows of table `enrichment`.
enum EnrichmentRow {
    static let columns = "id, subject, position, label, actor, standing"

    static let newestOfSubject =
        "SELECT \(columns) FROM enrichment WHERE subject = ? ORDER BY position DESC LIMIT 1"

    static let create = [
        // `id`: 16 bytes. `position`, `label`, `actor`: see `EnrichmentRecord`. `standing`: an `EnrichmentCase`, JSON. `due`: when there is something to be done, microseconds since 1970; null: never again.
        "CREATE TABLE enrichment (id BLOB PRIMARY KEY, subject BLOB NOT NULL, position INTEGER NOT NULL, label TEXT NOT NULL, actor TEXT NOT NULL, standing BLOB NOT NULL, due INTEGER) STRICT, WITHOUT ROWID",
        "CREATE INDEX enrichment_due ON enrichment (due, position) WHERE due IS NOT NULL",
        "CREATE INDEX enrichment_subject ON enrichment (subject, position)",
        // Entries that an enrichment went on by.
        "CREATE TABLE enrichment_step (enrichment BLOB NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (enrichment, position)) STRICT, WITHOUT ROWID",
        // Whom open enrichments wait for. `position`: of the `EnrichmentRequested`. `label`, `seen_label`: see `SeenLabels`.
        "CREATE TABLE enrichment_vendor (vendor TEXT NOT NULL, position INTEGER NOT NULL, subject BLOB NOT NULL, label TEXT NOT NULL, seen_label TEXT NOT NULL, PRIMARY KEY (vendor, position)) STRICT, WITHOUT ROWID",
        "CREATE INDEX enrichment_vendor_seen ON enrichment_vendor (vendor, seen_label, position)",
        "CREATE INDEX enrichment_vendor_subject ON enrichment_vendor (subject)",
    ]

    /// The same bytes for the same standing, in every process.
    static func encode(_ standing: EnrichmentCase) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try encoder.encode(standing)
    }

    /// Nil: no row of ours.
    static func record(_ row: RawStatement) -> EnrichmentRecord? {
        guard let id = EntityID(bytes: Array(row.bytes(0))), let subject = SubjectTag(row.bytes(1)),
            let standing = try? JSONDecoder().decode(
                EnrichmentCase.self, from: Data(row.bytes(5)))
        else { return nil }
        return EnrichmentRecord(
            id: id, subject: subject, position: row.number(2), label: row.text(3),
            actor: row.text(4), standing: standing)
    }
}
