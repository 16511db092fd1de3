import Foundation
import GRDB

/// What the segments themselves hold, read with SQLite, past all of our code.
struct LedgerCensus: Equatable {
    var creates = 0
    var attributes = 0
    /// Orders to erase, and what was carried out of them.
    var ordered = 0
    var erased = 0

    /// - Parameter home: may be running: this only reads, for milliseconds.
    init(_ home: TestHome) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: home.ledger)
        for name in names.sorted() where name.hasPrefix("segment-") && name.hasSuffix(".sqlite") {
            var configuration = Configuration()
            configuration.readonly = true
            // A seal that begins or ends holds the file for a moment.
            configuration.busyMode = .timeout(10)
            let queue = try DatabaseQueue(
                path: home.ledger + "/" + name, configuration: configuration)
            defer { try? queue.close() }
            let counts = try queue.read { database in
                try Row.fetchAll(
                    database,
                    sql: """
                        SELECT json_extract(CAST(header AS TEXT), '$.type') AS type, count(*) AS n
                        FROM entry GROUP BY type
                        """)
            }
            for row in counts {
                let count: Int = row["n"]
                switch row["type"] as String? {
                case "ContactCreated": creates += count
                case "AttributeEnriched": attributes += count
                case "ErasureOrdered": ordered += count
                case "SubjectErased": erased += count
                default: break
                }
            }
        }
    }
}
