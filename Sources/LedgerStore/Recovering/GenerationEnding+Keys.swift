import ContactModel
import Foundation
import GRDB
import LedgerFormat

extension GenerationEnding {
    /// The keeper may have drawn a key, or retired one, that the ledger does not say yet or any more.
    func announcedKeys(
        _ directory: LedgerDirectory, of generation: UInt64
    ) throws -> AnnouncedKeys {
        var keys = AnnouncedKeys()
        for number in directory.segments {
            let said = try read(directory, number) { db -> AnnouncedKeys? in
                let row = try SegmentContents.identity(db, number: number)
                return row.generation == generation ? try Self.announced(db) : nil
            }
            guard let said else { continue }
            keys.activated.formUnion(said.activated)
            keys.retired.formUnion(said.retired)
        }
        return keys
    }

    private static func announced(_ db: Database) throws -> AnnouncedKeys {
        var keys = AnnouncedKeys()
        // Only to spare reading every header: what it finds is parsed.
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT header, payload FROM entry \
                WHERE instr(header, CAST('"stream":"key"' AS BLOB)) > 0 ORDER BY idx
                """)
        while let row = try rows.next() {
            let header = try EntryHeader(canonical: [UInt8](row[0] as Data))
            let payload: Data = row[1]
            switch (header.stream.rawValue, header.type) {
            case (KeyActivated.stream, KeyActivated.type):
                keys.activated.insert(
                    try EventCoding.decode(KeyActivated.self, from: payload).keyId)
            case (KeyRetired.stream, KeyRetired.type):
                keys.retired.insert(try EventCoding.decode(KeyRetired.self, from: payload).keyId)
            default: break
            }
        }
        return keys
    }
}
