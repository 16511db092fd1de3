public import ContactModel
public import Projections

/// Provenance records of one page, the newest first.
public struct SourcePage: Sendable {
    public struct Row: Sendable {
        public let contact: ContactHead
        public let generation: UInt64
        public let entry: StoredEntry
    }

    public let rows: [Row]
    /// Where the next page begins: records at positions below. Nil: there are no more.
    public let next: UInt64?
}

extension Ledger {
    /// What came from a source, as far as `clearance` dominates the labels of the entries and their contacts.
    ///
    /// - Parameters:
    ///   - below: where the page before ended; nil: from the newest on.
    ///   - limit: 1 … `StoreLimits.sharingRows`.
    /// - Throws: `LedgerStoreError.invalid`
    public func records(
        from source: String, below: UInt64?, limit: Int, for clearance: Clearance
    ) throws(LedgerStoreError) -> SourcePage {
        try checkPage(limit)
        let found = try reading {
            try $0.records(from: source, below: below ?? .max, limit: limit, for: clearance)
        }
        var rows: [SourcePage.Row] = []
        var bytes = 0
        for record in found.records {
            // A record names as many attributes as its author likes; a frame has its end.
            if bytes >= configuration.limits.auditBytes {
                return SourcePage(rows: rows, next: record.position + 1)
            }
            let (generation, entry) = try stored(at: record.position)
            bytes += entry.header.count + entry.payload.count
            rows.append(
                SourcePage.Row(contact: record.contact, generation: generation, entry: entry))
        }
        return SourcePage(rows: rows, next: found.hasMore ? found.records.last?.position : nil)
    }
}
