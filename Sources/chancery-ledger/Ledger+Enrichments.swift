import ContactModel
import Foundation
import LedgerStore
import ProcessBoundary
import Projections

extension Ledger {
    /// A ticket that takes an enrichment further is worth nothing once that has ended; a vendor's may still learn what its answer did.
    func requireOpen(_ ticket: TicketGrant) throws(WireFault) {
        guard ticket.vendor == nil else { return }
        do throws(LedgerStoreError) {
            if try isOpen(enrichment: ticket.enrichment, of: ticket.actor) { return }
        } catch {
            throw WireFault(error)
        }
        throw WireFault(.notFound, "The ticket's enrichment has ended.")
    }

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
        var response = WireEnrichmentWork()
        guard !request.enrichmentID.isEmpty else {
            response.due = try dueEnrichments(limit: Int(request.limit)).map { Data($0.bytes) }
            return response
        }
        let order = try enrichmentOrder(try EntityID(enrichment: request.enrichmentID))
        response.order.enrichment = try WireEnrichmentRow(
            order.record, order.contactID, order.requested)
        response.order.payload = order.payload
        response.order.receipt = Data(order.receipt)
        response.order.steps = order.steps.map(WireEnrichmentStepRow.init)
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
