public import ContactModel
public import LedgerFormat
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
    /// Of the contact that it is about.
    public let subject: SubjectTag?
}

extension Ledger {
    /// Audit entries whose labels `clearance` dominates. One call looks through so many positions and bytes at most; a page may be
    /// shorter than asked for, or empty, and still have one behind it.
    ///
    /// - Parameters:
    ///   - contact: those about this one alone, of what was written of it and who looked at it; none where the clearance does not see it.
    ///   - below: the position that the page before ended at; nil: from the newest on.
    ///   - limit: 1 … `StoreLimits.auditRows`.
    /// - Throws: `LedgerStoreError.overloaded` while as many others look as may: readers are few, and contacts are read by them, too.
    public func audits(
        _ filter: AuditFilter, about contact: ContactID? = nil, below: UInt64?, limit: Int,
        for clearance: Clearance
    ) throws(LedgerStoreError) -> AuditPage {
        guard (1...configuration.limits.auditRows).contains(limit) else {
            throw LedgerStoreError(
                .invalid, "A page has 1 to \(configuration.limits.auditRows) entries.")
        }
        guard scans.take() else {
            throw LedgerStoreError(
                .overloaded, "The audit trail is being looked through for others; try again.",
                retryAfterMilliseconds: 1_000)
        }
        defer { scans.leave() }
        var filter = filter
        if let contact {
            guard let head = try reading({ try $0.contactHead(id: contact) }),
                head.isThere(for: clearance)
            else { return AuditPage(rows: [], next: nil, subject: nil) }
            filter.subject = head.subject
        }
        let end = min(below ?? .max, projections.base + projections.size)
        let start = end - min(end, configuration.limits.auditSpan)
        let wanted = filter
        let positions = try reading {
            try $0.audits(wanted, in: start..<end, limit: limit, for: clearance)
        }
        var rows: [AuditPage.Row] = []
        var bytes = 0
        for position in positions {
            if bytes >= configuration.limits.auditBytes {
                return AuditPage(rows: rows, next: position + 1, subject: filter.subject)
            }
            let (generation, entry) = try stored(at: position)
            bytes += entry.header.count + entry.payload.count
            rows.append(AuditPage.Row(generation: generation, entry: entry))
        }
        let next = positions.count == limit ? positions.last : start
        return AuditPage(rows: rows, next: next == 0 ? nil : next, subject: filter.subject)
    }

    /// An entry that the projections know, in its generation.
    func stored(
        at position: UInt64
    ) throws(LedgerStoreError) -> (generation: UInt64, entry: StoredEntry) {
        do {
            guard let place = library.entry(atPosition: position),
                let entry = try library.entry(of: place.generation, at: place.index)
            else { throw SegmentContents.damaged("Entry \(position) is missing") }
            return (place.generation, entry)
        } catch {
            throw LedgerStoreError(wrapping: error)
        }
    }
}
