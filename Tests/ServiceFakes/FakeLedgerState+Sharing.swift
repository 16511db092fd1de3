import ContactModel
import Foundation
import ProcessBoundary

extension FakeLedgerState {
    /// Nil: there is nothing by that key.
    func page(_ request: WireReadSharingRequest) -> WireSharingPage? {
        var page = WireSharingPage()
        let below = request.below == 0 ? .max : request.below
        var found: [WireSharingRow] = []
        switch request.key {
        case .contactID(let id):
            guard let row = rows[id] else { return nil }
            page.subject = row.head.subject
            found = sharings.filter { $0.contact.contactID == id }
        case .recipient(let recipient): found = sharings.filter { $0.recipient == recipient }
        case .sharingID(let id): return one { $0.id == id }
        case .entry(let entry): return one { $0.recorded.index == entry.index }
        case nil: return nil
        }
        found = found.reversed().filter { $0.recorded.index < below }
        page.rows = Array(found.prefix(Int(request.limit)))
        if found.count > page.rows.count { page.next = page.rows.last?.recorded.index ?? 0 }
        return page
    }

    private func one(_ isMeant: (WireSharingRow) -> Bool) -> WireSharingPage? {
        sharings.first(where: isMeant).map { row in
            .with {
                $0.rows = [row]
                $0.subject = row.contact.subject
            }
        }
    }

    static func sharing(
        _ event: SharingRecorded, of head: WireContactHead, at index: UInt64
    ) -> WireSharingRow {
        .with {
            $0.contact = head
            $0.id = event.sharingId
            $0.recipient = event.recipientId
            $0.recipientName = bound(event.recipientName, event.sharingId, "recipientName")
            $0.purpose = event.purpose
            $0.legalBasis = event.legalBasis.rawValue
            $0.attributes = event.attributes
            $0.sharedAt = event.sharedAt
            $0.expiresAt = event.expiresAt ?? ""
            $0.recorded = .with { entry in
                entry.generation = 1
                entry.index = index
            }
        }
    }
}
