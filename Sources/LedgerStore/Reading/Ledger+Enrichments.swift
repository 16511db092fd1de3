public import ContactModel
public import Foundation
import LedgerFormat
public import Projections

/// An enrichment with the entries that it went on by, in their order.
public struct EnrichmentHistory: Sendable {
    public let record: EnrichmentRecord
    public let contactID: ContactID
    public let requested: EntryPlace
    public let steps: [(generation: UInt64, entry: StoredEntry)]
}

/// Enrichments of one page, the newest first.
public struct EnrichmentPage: Sendable {
    public struct Row: Sendable {
        public let record: EnrichmentRecord
        public let contactID: ContactID
        public let requested: EntryPlace
    }

    public let rows: [Row]
    /// Where the next page begins: those requested at positions below. Nil: there are no more.
    public let next: UInt64?
}

/// An enrichment with what the keeper gives tickets for.
public struct EnrichmentOrder: Sendable {
    public let record: EnrichmentRecord
    public let contactID: ContactID
    public let requested: EntryPlace
    /// Of its `EnrichmentRequested`.
    public let payload: Data
    /// FORMAT 7, of the same.
    public let receipt: [UInt8]
    public let steps: [(generation: UInt64, entry: StoredEntry)]
}

extension Ledger {
    /// - Throws: `LedgerStoreError.notFound` for one that `clearance` does not see, as for one that there is not.
    public func enrichment(
        _ id: EntityID, for clearance: Clearance
    ) throws(LedgerStoreError) -> EnrichmentHistory {
        let (record, head, positions) = try parts(of: id)
        guard head.isThere(for: clearance),
            (try? SecurityLabel(record.label)).map(clearance.canRead) == true
        else { throw Self.noEnrichment }
        return EnrichmentHistory(
            record: record, contactID: head.contactID, requested: try place(of: record.position),
            steps: try entries(at: positions))
    }

    /// - Returns: what the projections know of it, its contact, and the positions of its steps.
    private func parts(
        of id: EntityID
    ) throws(LedgerStoreError) -> (EnrichmentRecord, ContactHead, [UInt64]) {
        let found = try reading { reader -> (EnrichmentRecord, ContactHead, [UInt64])? in
            guard let record = try reader.enrichment(id: id),
                let head = try reader.contactHead(subject: record.subject)
            else { return nil }
            return (record, head, try reader.steps(ofEnrichment: id))
        }
        guard let found else { throw Self.noEnrichment }
        return found
    }

    private func entries(
        at positions: [UInt64]
    ) throws(LedgerStoreError) -> [(generation: UInt64, entry: StoredEntry)] {
        var entries: [(generation: UInt64, entry: StoredEntry)] = []
        for position in positions {
            let place = try place(of: position)
            entries.append((place.generation, try entry(at: place.index, of: place.generation)))
        }
        return entries
    }

    /// Whether something is still to come of it, on the tickets of this actor.
    public func isOpen(
        enrichment id: EntityID, of actor: String
    ) throws(LedgerStoreError) -> Bool {
        let record = try reading { try $0.enrichment(id: id) }
        return record.map { $0.actor == actor && $0.standing.state.isOpen } ?? false
    }

    /// Those that wait for a vendor, the newest first.
    ///
    /// - Parameters:
    ///   - below: where the page before ended; nil: from the newest on.
    ///   - limit: 1 … `StoreLimits.sharingRows`.
    public func enrichments(
        waitingFor vendor: String, below: UInt64?, limit: Int, for clearance: Clearance
    ) throws(LedgerStoreError) -> EnrichmentPage {
        try checkPage(limit)
        let (found, last) = try reading { reader in
            let page = try reader.enrichments(
                waitingFor: vendor, below: below ?? .max, limit: limit, for: clearance)
            let found = try page.records.compactMap { record in
                try reader.contactHead(subject: record.subject).map { (record, $0.contactID) }
            }
            return (found, page.hasMore ? page.records.last?.position : nil)
        }
        var rows: [EnrichmentPage.Row] = []
        for (record, contact) in found {
            rows.append(
                EnrichmentPage.Row(
                    record: record, contactID: contact,
                    requested: try place(of: record.position)))
        }
        return EnrichmentPage(rows: rows, next: last)
    }

    /// What is to be done by nobody's asking, the longest due first.
    public func dueEnrichments(limit: Int) throws(LedgerStoreError) -> [EntityID] {
        guard (1...configuration.limits.dueEnrichments).contains(limit) else {
            throw LedgerStoreError(
                .invalid, "At most \(configuration.limits.dueEnrichments) are told of at a time.")
        }
        let base = try position(of: 0, nil)
        guard let now = configuration.clock.now().timestamp else { return [] }
        return try reading { try $0.dueEnrichments(at: now, from: base, limit: limit) }
    }

    /// - Throws: `LedgerStoreError.notFound`
    public func enrichmentOrder(_ id: EntityID) throws(LedgerStoreError) -> EnrichmentOrder {
        let (record, head, positions) = try parts(of: id)
        let place = try place(of: record.position)
        return EnrichmentOrder(
            record: record, contactID: head.contactID, requested: place,
            payload: try entry(at: place.index, of: place.generation).payload,
            receipt: try receipt(index: place.index, of: place.generation),
            steps: try entries(at: positions))
    }

    private static let noEnrichment = LedgerStoreError(
        .notFound, "There is no such enrichment.")
}
