public import ContactModel
public import LedgerFormat
public import Projections

/// Entries of a contact, in the order of the ledger.
public struct HistoryPage: Sendable {
    public struct Row: Sendable {
        public let generation: UInt64
        public let entry: StoredEntry
        public let place: HistoryPlace
        /// The entry that brought a newer value; nil where none did.
        public let superseded: Superseding?
    }

    public struct Superseding: Sendable {
        public let generation: UInt64
        public let index: UInt64
        public let time: LedgerTime
    }

    /// As the contact stands today.
    public let head: ContactHead
    public let rows: [Row]
    /// Position from which the next page begins; nil: there is no more.
    public let next: UInt64?
    /// Entries were left out whose labels the caller's clearance does not dominate.
    public let isPartial: Bool
}

/// Behind which entry a contact is looked at.
public enum HistoryMoment: Sendable {
    /// The contact's last entry before the first that is later.
    case time(LedgerTime)
    /// Nil: in the current generation.
    case entry(UInt64, generation: UInt64?)
}

extension Ledger {
    /// Every entry of a contact but audit entries, page by page. One call reads so many entries and bytes at most.
    ///
    /// - Parameters:
    ///   - from: position that the page before named as `next`.
    ///   - limit: 1 … `StoreLimits.historyRows`.
    /// - Throws: `LedgerStoreError.notFound` for a contact that is not there for `clearance`, and for a moment that has not come.
    public func history(
        of contact: ContactID, from: UInt64, until moment: HistoryMoment?,
        _ selection: HistorySelection,
        limit: Int, for clearance: Clearance
    ) throws(LedgerStoreError) -> HistoryPage {
        guard (1...configuration.limits.historyRows).contains(limit) else {
            throw LedgerStoreError(
                .invalid, "A page has 1 to \(configuration.limits.historyRows) entries.")
        }
        let last = try end(moment)
        let found = try reading { reader -> (ContactHead, [HistoryPlace])? in
            guard let head = try reader.contactHead(id: contact), head.isThere(for: clearance)
            else { return nil }
            let range = from..<max(from, last)
            return (
                head,
                try reader.history(
                    head.subject, in: range, limit: limit, selection)
            )
        }
        guard let (head, places) = found else {
            throw LedgerStoreError(.notFound, "There is no such contact.")
        }
        var page = Page(limit: configuration.limits.historyBytes)
        for place in places {
            guard let row = try row(place, until: moment, last) else {
                throw damaged(place.position)
            }
            let header = try header(of: row)
            if case .time(let time)? = moment, header.time > time {
                return page.ended(of: head)
            }
            guard page.isOpen else { return page.continued(of: head, at: place.position) }
            page.add(row, isReadable: (try? SecurityLabel(header.label)).map(clearance.canRead))
        }
        guard places.count == limit, let position = places.last?.position else {
            return page.ended(of: head)
        }
        return page.continued(of: head, at: position + 1)
    }

    /// What a page has so far.
    private struct Page {
        let limit: Int
        private var rows: [HistoryPage.Row] = []
        private var bytes = 0
        private var isPartial = false

        init(limit: Int) { self.limit = limit }

        var isOpen: Bool { bytes < limit }

        mutating func add(_ row: HistoryPage.Row, isReadable: Bool?) {
            guard isReadable == true else {
                isPartial = true
                return
            }
            bytes += row.entry.header.count + row.entry.payload.count
            rows.append(row)
        }

        func ended(of head: ContactHead) -> HistoryPage {
            HistoryPage(head: head, rows: rows, next: nil, isPartial: isPartial)
        }

        func continued(of head: ContactHead, at next: UInt64) -> HistoryPage {
            HistoryPage(head: head, rows: rows, next: next, isPartial: isPartial)
        }
    }

    /// Positions below this one are looked at.
    private func end(_ moment: HistoryMoment?) throws(LedgerStoreError) -> UInt64 {
        switch moment {
        case .entry(let index, let generation): try position(of: index, generation) + 1
        case .time, nil: .max
        }
    }

    /// Of an entry that may be told of.
    ///
    /// - Parameter generation: nil for the current one.
    /// - Throws: `LedgerStoreError.notFound`
    public func position(
        of index: UInt64, _ generation: UInt64?
    ) throws(LedgerStoreError) -> UInt64 {
        let tree = try tree(generation)
        guard index < tree.size else { throw tree.lacks("entry \(index)") }
        guard let base = library.base(of: tree.generation) else { throw damaged(index) }
        return base + index
    }

    /// - Parameter last: positions from this one on are not told of.
    private func row(
        _ place: HistoryPlace, until moment: HistoryMoment?, _ last: UInt64
    ) throws(LedgerStoreError) -> HistoryPage.Row? {
        do {
            guard let found = library.entry(atPosition: place.position),
                let entry = try library.entry(of: found.generation, at: found.index)
            else { return nil }
            var (place, superseded) = (place, try place.superseded.flatMap(superseding))
            var isLater = place.superseded.map { $0 >= last } ?? false
            if case .time(let time)? = moment, let next = superseded { isLater = next.time > time }
            if isLater {
                // Then nothing had closed it yet: it held as its own entry says.
                superseded = nil
                place = place.asRecorded(validUntil(entry))
            }
            return HistoryPage.Row(
                generation: found.generation, entry: entry, place: place, superseded: superseded)
        } catch {
            throw LedgerStoreError(wrapping: error)
        }
    }

    private func validUntil(_ entry: StoredEntry) -> String? {
        try? EventCoding.decode(AttributeEnriched.self, from: entry.payload).validUntil
    }

    private func superseding(_ position: UInt64) throws -> HistoryPage.Superseding? {
        guard let place = library.entry(atPosition: position),
            let header = try library.header(of: place.generation, at: place.index)
        else { return nil }
        return HistoryPage.Superseding(
            generation: place.generation, index: place.index, time: header.time)
    }

    private func header(of row: HistoryPage.Row) throws(LedgerStoreError) -> EntryHeader {
        guard let header = try? EntryHeader(canonical: row.entry.header) else {
            throw damaged(row.place.position)
        }
        return header
    }

    private func damaged(_ position: UInt64) -> LedgerStoreError {
        LedgerStoreError(wrapping: SegmentContents.damaged("Entry \(position) is missing"))
    }
}
