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
    /// Nil: the contact is erased, or above the clearance.
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
        guard let (record, head, positions) = found, record.isThere(for: clearance) else {
            throw LedgerStoreError(.notFound, "There is no such request.")
        }
        var steps: [RequestHistory.Step] = []
        for position in positions {
            guard let place = library.entry(atPosition: position) else {
                throw LedgerStoreError(.damaged, "Entry \(position) is missing.")
            }
            steps.append(
                RequestHistory.Step(
                    generation: place.generation,
                    entry: try entry(at: place.index, of: place.generation),
                    receipt: evidence
                        ? try receipt(index: place.index, of: place.generation) : nil))
        }
        return RequestHistory(
            record: record,
            contactID: head.flatMap { $0.isThere(for: clearance) ? $0.contactID : nil },
            steps: steps)
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

    /// One page of the queue. Requests that `clearance` does not see are left out, so that a page may be shorter than asked for, or
    /// empty, and still have one behind it.
    ///
    /// - Returns: `next` is nil where the queue ends.
    public func requests(
        _ query: RequestQuery, for clearance: Clearance
    ) throws(LedgerStoreError) -> (rows: [RequestRecord], next: RequestQuery.Place?) {
        guard (1...configuration.limits.requestRows).contains(query.limit) else {
            throw LedgerStoreError(
                .invalid, "A page has 1 to \(configuration.limits.requestRows) requests.")
        }
        let rows = try reading { try $0.requests(query) }
        let next =
            rows.count < query.limit
            ? nil
            : rows.last.map {
                RequestQuery.Place(due: $0.standing.due, position: $0.position)
            }
        return (rows.filter { $0.isThere(for: clearance) }, next)
    }
}
