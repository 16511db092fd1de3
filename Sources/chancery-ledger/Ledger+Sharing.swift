import ContactModel
import Foundation
import LedgerStore
import ProcessBoundary
import Projections

extension Ledger {
    /// What the caller is not cleared for is not there.
    func answer(
        _ request: WireReadSharingRequest, for clearance: Clearance?
    ) throws -> WireSharingPage {
        guard let clearance else { throw LedgerService.unknown }
        let below = request.below == 0 ? nil : request.below
        let limit = Int(request.limit)
        switch request.key {
        case .contactID(let bytes):
            return WireSharingPage(
                try sharings(
                    of: try ContactID(wire: bytes), below: below, limit: limit, for: clearance))
        case .recipient(let recipient):
            return WireSharingPage(
                try sharings(with: recipient, below: below, limit: limit, for: clearance))
        case .sharingID(let id): return WireSharingPage(try sharing(id: id, for: clearance))
        case .entry(let entry):
            return WireSharingPage(
                try sharing(
                    at: EntryPlace(generation: entry.generation, index: entry.index),
                    for: clearance))
        case nil: throw LedgerService.unknown
        }
    }
}

extension WireSharingPage {
    fileprivate init(_ page: SharingPage) {
        self.init()
        rows = page.rows.map(WireSharingRow.init)
        next = page.next ?? 0
        if let contact = page.contact { subject = contact.subject.data }
    }
}

extension WireSharingRow {
    fileprivate init(_ row: SharingPage.Row) {
        let record = row.record
        self.init()
        contact = WireContactHead(record.contact)
        id = record.id
        recipient = record.recipient
        recipientName = WireBoundValue(
            record.recipientName, record.id, "recipientName", record.label)
        purpose = record.purpose
        legalBasis = record.legalBasis
        attributes = record.attributes
        sharedAt = record.sharedAt
        expiresAt = record.expiresAt ?? ""
        revokedAt = record.revocation?.time ?? ""
        recorded = WireSharingEntry(row.recorded)
        if let place = row.revoked { revoked = WireSharingEntry(place) }
    }
}

extension WireSharingEntry {
    init(_ place: EntryPlace) {
        self.init()
        generation = place.generation
        index = place.index
    }
}
