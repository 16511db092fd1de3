public import ContactModel
import LedgerFormat
public import Projections

/// A data subject's request with the entries that it went on by, in their order.
public struct RequestHistory: Sendable {
    public struct Step: Sendable {
        public let generation: UInt64
        public let entry: StoredEntry
        /// FORMAT 7; nil: not asked for.
        public let receipt: [UInt8]?
    }

    public let record: RequestRecord
    /// Nil: the contact is erased.
    public let contactID: ContactID?
    public let steps: [Step]
}

extension Ledger {
    /// - Parameter evidence: with a receipt of each entry.
    /// - Throws: `LedgerStoreError.notFound` for a request that `clearance` does not see, as for one that there is not.
    public func request(
        _ id: EntityID, evidence: Bool, for clearance: Clearance
    ) throws(LedgerStoreError) -> RequestHistory {
        let found = try reading { reader in
            try reader.request(id: id).map { record in
                (
                    record, try reader.contactHead(subject: record.subject),
                    try reader.steps(of: id)
                )
            }
        }
        let missing = LedgerStoreError(.notFound, "There is no such request.")
        guard let (record, head, positions) = found, record.isThere(for: clearance),
            head?.isThere(for: clearance) ?? true
        else { throw missing }
        var steps: [RequestHistory.Step] = []
        for position in positions {
            guard let place = library.entry(atPosition: position) else {
                throw LedgerStoreError(.damaged, "Entry \(position) is missing.")
            }
            let entry = try entry(at: place.index, of: place.generation)
            guard let header = try? EntryHeader(canonical: entry.header),
                (try? SecurityLabel(header.label)).map(clearance.canRead) == true
            else { throw missing }
            steps.append(
                RequestHistory.Step(
                    generation: place.generation, entry: entry,
                    receipt: evidence
                        ? try receipt(index: place.index, of: place.generation) : nil))
        }
        return RequestHistory(record: record, contactID: head?.contactID, steps: steps)
    }

    /// Id of the request that an entry wrote down.
    ///
    /// - Throws: `LedgerStoreError.notFound` for any other entry.
    public func requestReceived(
        at index: UInt64, of generation: UInt64?
    ) throws(LedgerStoreError) -> EntityID {
        let payload = try entry(at: index, of: generation).payload
        guard let event = try? EventCoding.decode(DSRReceived.self, from: payload),
            let id = try? EntityID(event.requestId)
        else { throw LedgerStoreError(.notFound, "There is no such request.") }
        return id
    }

    /// One page of the queue. Requests that `clearance` does not see, by their own label or their contact's, are left out, and move no
    /// cursor; but where a great many stand together a page may be shorter than asked for, or empty, and still have one behind it.
    ///
    /// - Returns: `next` is nil where the queue ends.
    public func requests(
        _ query: RequestQuery, for clearance: Clearance
    ) throws(LedgerStoreError) -> (rows: [RequestRecord], next: RequestQuery.Place?) {
        guard (1...configuration.limits.requestRows).contains(query.limit) else {
            throw LedgerStoreError(
                .invalid, "A page has 1 to \(configuration.limits.requestRows) requests.")
        }
        var (query, seen) = (query, [RequestRecord]())
        let limit = query.limit
        // One more than is shown tells whether there is another page; what is not seen does not.
        for _ in 0..<Self.mostLooks {
            let wanted = query
            let rows = try reading { reader in
                try reader.requests(wanted).map { record in
                    (record, try reader.contactHead(subject: record.subject))
                }
            }
            seen += rows.filter { record, head in
                record.isThere(for: clearance) && head?.isThere(for: clearance) ?? true
            }.map(\.0)
            if seen.count > limit { return (Array(seen.prefix(limit)), seen[limit - 1].place) }
            guard rows.count == limit, let last = rows.last?.0 else { return (seen, nil) }
            query.after = last.place
        }
        return (seen, query.after)
    }

    /// Pages that are looked through for one that is shown.
    private static let mostLooks = 32
}

extension RequestRecord {
    fileprivate var place: RequestQuery.Place {
        RequestQuery.Place(due: standing.due, position: position)
    }
}
