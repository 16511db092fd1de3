public import ContactModel
import Foundation
import GRDB

extension ProjectionReader {
    public func enrichment(id: EntityID) throws -> EnrichmentRecord? {
        let statement = try RawStatement(
            db, "SELECT \(EnrichmentRow.columns) FROM enrichment WHERE id = ?")
        statement.bind(1, blob: Data(id.bytes))
        return try statement.first { row in
            guard let record = EnrichmentRow.record(row) else {
                throw ProjectionError(
                    .unusable, "An enrichment's row in views/ is damaged; rebuild them.")
            }
            return record
        }
    }

    /// Positions of the entries that an enrichment went on by, its `EnrichmentRequested` first.
    public func steps(ofEnrichment id: EntityID) throws -> [UInt64] {
        try Row.fetchAll(
            try db.cachedStatement(
                sql:
                    "SELECT position FROM enrichment_step WHERE enrichment = ? ORDER BY position"),
            arguments: [Data(id.bytes)]
        ).map { Self.number($0, 0) }
    }

    /// Those that something can be done about, the longest due first.
    ///
    /// - Parameter positions: of the generation that is written: tickets are given for its entries alone.
    public func dueEnrichments(
        at time: Timestamp, from positions: UInt64, limit: Int
    ) throws -> [EntityID] {
        try Row.fetchAll(
            try db.cachedStatement(
                sql: """
                    SELECT id FROM enrichment WHERE due <= ? AND position >= ?
                    ORDER BY due, position LIMIT ?
                    """),
            arguments: [time.microsecondsSince1970, Int64(clamping: positions), limit]
        ).compactMap { EntityID(bytes: $0[0] as Data) }
    }

    /// Those that wait for a vendor, the newest first, as far as a clearance dominates their labels and those of their contacts.
    public func enrichments(
        waitingFor vendor: String, below: UInt64, limit: Int, for clearance: Clearance
    ) throws -> (records: [EnrichmentRecord], hasMore: Bool) {
        let page = try SeenRows(
            db: db, table: "enrichment_vendor", column: "vendor",
            select: """
                SELECT t.seen_label, t.position, e.id FROM enrichment_vendor t
                JOIN enrichment e ON e.subject = t.subject AND e.position = t.position
                """
        ).page(vendor, below: below, limit: limit, for: clearance)
        let records = try page.rows.compactMap { row in
            try EntityID(bytes: row[2] as Data).flatMap { try enrichment(id: $0) }
        }
        return (records, page.hasMore)
    }
}
