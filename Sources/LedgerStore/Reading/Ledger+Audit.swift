public import ContactModel
import LedgerFormat
public import Projections

/// Audit entries of one page, the newest first.
public struct AuditPage: Sendable {
    public struct Row: Sendable {
        public let generation: UInt64
        public let entry: StoredEntry
    }

    public let rows: [Row]
    /// Where the next page begins: entries at positions below. Nil: there are no more.
    public let next: UInt64?
}

extension Ledger {
    /// Audit entries whose labels `clearance` dominates. One call looks through so many positions and bytes at most; a page may be
    /// shorter than asked for, or empty, and still have one behind it.
    ///
    /// - Parameters:
    ///   - contact: those about this one alone; none where the clearance does not see it.
    ///   - below: the position that the page before ended at; nil: from the newest on.
    ///   - limit: 1 … `StoreLimits.auditRows`.
    public func audits(
        _ filter: AuditFilter, about contact: ContactID? = nil, below: UInt64?, limit: Int,
        for clearance: Clearance
    ) throws(LedgerStoreError) -> AuditPage {
        guard (1...configuration.limits.auditRows).contains(limit) else {
            throw LedgerStoreError(
                .invalid, "A page has 1 to \(configuration.limits.auditRows) entries.")
        }
        var filter = filter
        if let contact {
            guard let head = try reading({ try $0.contactHead(id: contact) }),
                head.isThere(for: clearance)
            else { return AuditPage(rows: [], next: nil) }
            filter.subject = head.subject
        }
        let end = min(below ?? .max, projections.base + projections.size)
        let start = end - min(end, configuration.limits.auditSpan)
        let wanted = filter
        let positions = try reading { try $0.audits(wanted, in: start..<end, limit: limit) }
        var rows: [AuditPage.Row] = []
        var bytes = 0
        for position in positions {
            guard bytes < configuration.limits.auditBytes else {
                return AuditPage(rows: rows, next: position + 1)
            }
            let row = try audit(at: position)
            guard let label = try? SecurityLabel(EntryHeader(canonical: row.entry.header).label),
                clearance.canRead(label)
            else { continue }
            bytes += row.entry.header.count + row.entry.payload.count
            rows.append(row)
        }
        if positions.count == limit { return AuditPage(rows: rows, next: positions.last) }
        return AuditPage(rows: rows, next: start > 0 ? start : nil)
    }

    private func audit(at position: UInt64) throws(LedgerStoreError) -> AuditPage.Row {
        do {
            guard let place = library.entry(atPosition: position),
                let entry = try library.entry(of: place.generation, at: place.index)
            else { throw SegmentContents.damaged("Entry \(position) is missing") }
            return AuditPage.Row(generation: place.generation, entry: entry)
        } catch {
            throw LedgerStoreError(wrapping: error)
        }
    }
}
