import ContactModel
import Foundation
import LedgerFormat
import ProcessBoundary

/// Takes provenance out of the entries of a contact, which come part by part.
struct ProvenancePager {
    let ledger: any LedgerPort

    /// - Throws: `not-found`
    func page(
        of contact: EntityID, from start: UInt64, limit: Int, _ authorized: Authorized
    ) async throws(ServiceError) -> ProvenancePage {
        var page = ProvenancePage()
        var next = start
        // Attributes stand behind the records that tell of them, in the same append: one more part has them all.
        var partsBehind = 1
        while true {
            var request = Self.request(contact, authorized)
            request.from = next
            request.limit = UInt32(clamping: ServiceLimits.historyRows)
            let part = try await ask(request)
            page.subject = part.head.subject
            page.isPartial = page.isPartial || part.isPartial
            for row in part.rows { try page.take(row, limit) }
            guard part.next != 0 else { return page }
            // Each part begins behind the one before.
            guard part.next > next else { throw .unexpectedReply(.ledger) }
            next = part.next
            guard page.next != nil else { continue }
            guard !page.awaited.isEmpty, partsBehind > 0 else { return page }
            partsBehind -= 1
        }
    }

    /// Of an entry of the contact; nil: it is not there for the caller.
    func leaf(
        of contact: EntityID, _ generation: UInt64, _ index: UInt64, _ authorized: Authorized
    ) async throws(ServiceError) -> Digest32? {
        var request = Self.request(contact, authorized)
        request.at.generation = generation
        request.at.index = index
        request.limit = 1
        guard let row = try await ask(request).rows.first,
            let header = try? EntryHeader(canonical: row.header), row.generation == generation,
            header.index == index
        else { return nil }
        return MerkleTree.leafHash(row.header)
    }

    private static func request(
        _ contact: EntityID, _ authorized: Authorized
    ) -> WireHistoryRequest {
        var request = WireHistoryRequest()
        request.credential = authorized.request.credential
        request.contactID = Data(contact.bytes)
        return request
    }

    private func ask(
        _ request: WireHistoryRequest
    ) async throws(ServiceError) -> WireHistoryPage {
        do throws(ServiceError) {
            return try await ledger.ask(.readProvenance(request)) { result -> WireHistoryPage? in
                if case .history(let page) = result { page } else { nil }
            }
        } catch {
            throw error.code == .notFound ? .noSuchContact : error
        }
    }
}

/// Provenance records, and of the attributes that they tell of their types.
struct ProvenancePage {
    private(set) var rows: [ProvenanceRow] = []
    /// By attribute id.
    private(set) var types: [String: String] = [:]
    /// Ids of attributes that a row tells of and whose entries have not come yet.
    private(set) var awaited: Set<String> = []
    var subject = Data()
    /// Position of the next record; nil: there is none.
    private(set) var next: UInt64?
    var isPartial = false

    /// Of the rows, by generation and index.
    var leaves: [UInt64: [UInt64: Digest32]] {
        rows.reduce(into: [:]) { $0[$1.generation, default: [:]][$1.header.index] = $1.leafHash }
    }

    mutating func take(_ row: WireHistoryRow, _ limit: Int) throws(ServiceError) {
        guard let header = try? EntryHeader(canonical: row.header) else {
            throw .unexpectedReply(.ledger)
        }
        switch (header.stream.rawValue, header.type) {
        case (ProvenanceRecorded.stream, ProvenanceRecorded.type):
            guard rows.count < limit else {
                next = next ?? row.position
                return
            }
            let record = try ProvenanceRow(
                generation: row.generation, header: row.header, payload: row.payload)
            awaited.formUnion(record.event.attributes)
            rows.append(record)
        case (AttributeEnriched.stream, AttributeEnriched.type):
            guard let event = try? EventCoding.decode(AttributeEnriched.self, from: row.payload)
            else { throw .unexpectedReply(.ledger) }
            if awaited.remove(event.attributeId) != nil {
                types[event.attributeId] = event.attributeType
            }
        default: break
        }
    }
}
