import ContactModel
import Foundation
import LedgerFormat
import ProcessBoundary

/// Contacts as the ledger stood at a moment: made of their entries up to it, which are read page by page and not kept.
struct PastContacts: Sendable {
    private let history: HistoryReader

    init(ledger: any LedgerPort) { history = HistoryReader(ledger: ledger) }

    /// - Parameter today: the contact's row now.
    /// - Throws: `not-found` before it was there, and where an entry up to then is above the caller's clearance today.
    func row(
        of contact: EntityID, as moment: ContactMoment, _ today: WireContactRow,
        _ authorized: Authorized
    ) async throws(ServiceError) -> WireContactRow {
        var timeline = ContactTimeline()
        var next: UInt64 = 0
        repeat {
            let page = try await history.page(
                of: contact, from: next, until: moment, valuesOnly: false, authorized)
            guard !page.isPartial, page.head.subject == today.head.subject else {
                throw .noContact
            }
            for row in page.rows {
                let row = try HistoryRow(row)
                timeline.apply(
                    row.event, label: row.header.label, time: row.header.time.text,
                    position: row.wire.position)
            }
            // Each page begins behind the one before.
            guard page.next == 0 || page.next > next else { throw .unexpectedReply(.ledger) }
            next = page.next
        } while next != 0
        guard let state = timeline.state else { throw .noContact }
        return WireContactRow(state, of: today.head)
    }
}

extension WireContactRow {
    fileprivate init(_ state: ContactState, of today: WireContactHead) {
        self.init()
        head = today
        head.label = state.label
        head.version = state.version
        createdAt = state.createdAt
        updatedAt = state.updatedAt
        email = WireBoundValue(state.email, state.entity, "email", state.boundLabel)
        if let name = state.fullName {
            fullName = WireBoundValue(name, state.entity, "fullName", state.boundLabel)
        }
        attributes = state.attributes.map(WireAttributeRow.init)
        consents = state.consents.map(WireConsentRow.init)
        restricted = state.isRestricted
        objections = state.objections.map(WireObjectionRow.init)
    }
}
