import ContactModel
import Foundation
import LedgerStore
import ProcessBoundary
import Projections

extension Ledger {
    func answer(
        _ request: WireReadEnrichmentRequest, for clearance: Clearance?
    ) throws -> WireEnrichmentResponse {
        guard let clearance else { throw LedgerService.unknown }
        let found = try enrichment(try EntityID(enrichment: request.enrichmentID), for: clearance)
        var response = WireEnrichmentResponse()
        response.enrichment = try WireEnrichmentRow(
            found.record, found.contactID, found.requested)
        response.steps = found.steps.map(WireEnrichmentStepRow.init)
        return response
    }

    func answer(
        _ request: WireListEnrichmentsRequest, for clearance: Clearance?
    ) throws -> WireEnrichmentPage {
        guard let clearance else { throw LedgerService.unknown }
        let page = try enrichments(
            waitingFor: request.vendor, below: request.below == 0 ? nil : request.below,
            limit: Int(request.limit), for: clearance)
        var response = WireEnrichmentPage()
        response.rows = try page.rows.map { row in
            try WireEnrichmentRow(row.record, row.contactID, row.requested)
        }
        response.next = page.next ?? 0
        return response
    }

    func answer(_ request: WireEnrichmentWorkRequest) throws -> WireEnrichmentWork {
        let orders =
            request.enrichmentID.isEmpty
            ? try dueEnrichments(limit: Int(request.limit))
            : [try enrichmentOrder(try EntityID(enrichment: request.enrichmentID))]
        var response = WireEnrichmentWork()
        response.orders = try orders.map { order in
            try .with {
                $0.enrichment = try WireEnrichmentRow(
                    order.record, order.contactID, order.requested)
                $0.payload = order.payload
                $0.receipt = Data(order.receipt)
                $0.steps = order.steps.map(WireEnrichmentStepRow.init)
            }
        }
        return response
    }
}

extension EntityID {
    fileprivate init(enrichment bytes: Data) throws(WireFault) {
        guard let id = EntityID(bytes: bytes) else {
            throw WireFault(.invalid, "Refused: an enrichment's id has 16 bytes.")
        }
        self = id
    }
}

extension WireEnrichmentRow {
    fileprivate init(
        _ record: EnrichmentRecord, _ contact: ContactID, _ place: EntryPlace
    ) throws {
        self.init()
        enrichmentID = Data(record.id.bytes)
        contactID = contact.bytes
        subject = record.subject.data
        generation = place.generation
        index = place.index
        label = record.label
        standing = try JSONEncoder().encode(record.standing)
    }
}

extension WireEnrichmentStepRow {
    fileprivate init(_ step: (generation: UInt64, entry: StoredEntry)) {
        self.init()
        generation = step.generation
        header = step.entry.header
        payload = step.entry.payload
    }
}
