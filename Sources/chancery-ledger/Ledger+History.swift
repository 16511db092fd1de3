import ContactModel
import LedgerFormat
import LedgerStore
import ProcessBoundary
import Projections

extension Ledger {
    func answer(
        _ request: WireHistoryRequest, _ selection: HistorySelection, for clearance: Clearance?
    ) throws -> WireHistoryPage {
        guard let clearance else {
            throw WireFault(.unauthenticated, "a history needs a credential")
        }
        let from =
            request.hasAt ? try position(of: request.at.index, request.at.wanted) : request.from
        let page = try history(
            of: try ContactID(wire: request.contactID), from: from,
            until: request.hasUntil ? try HistoryMoment(request.until) : nil,
            selection, limit: Int(request.limit), for: clearance)
        var response = WireHistoryPage()
        response.head = WireContactHead(page.head)
        response.rows = page.rows.map(WireHistoryRow.init)
        response.next = page.next ?? 0
        response.isPartial = page.isPartial
        return response
    }
}

extension HistoryMoment {
    fileprivate init(_ wire: WireHistoryMoment) throws(WireFault) {
        switch wire.moment {
        case .time(let text):
            guard let time = LedgerTime(text) else {
                throw WireFault(.invalid, "Refused: a time is a text of FORMAT 2.1.")
            }
            self = .time(time)
        case .entry(let place): self = .entry(place.index, generation: place.wanted)
        case nil: throw WireFault(.invalid, "Refused: a moment is a time or an entry.")
        }
    }
}

extension WireEntryPlace: GenerationalRequest {}

extension WireHistoryRow {
    fileprivate init(_ row: HistoryPage.Row) {
        self.init()
        generation = row.generation
        header = row.entry.header
        payload = row.entry.payload
        position = row.place.position
        if let next = row.superseded {
            superseded.generation = next.generation
            superseded.index = next.index
            supersededAt = next.time.text
        }
        validUntil = row.place.validUntil ?? ""
        sourceType = row.place.sourceType ?? ""
        sourceIdentity = row.place.sourceIdentity ?? ""
    }
}
