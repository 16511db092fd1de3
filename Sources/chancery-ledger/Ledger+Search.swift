import ContactModel
import LedgerFormat
import LedgerStore
import ProcessBoundary
import Projections

extension Ledger {
    func answer(
        _ request: WireSearchRequest, for clearance: Clearance?
    ) throws -> WireSearchPage {
        guard let clearance else {
            throw WireFault(.unauthenticated, "a search needs a credential")
        }
        let page = try search(
            try SearchFilter(request), below: request.below == 0 ? nil : request.below,
            limit: Int(request.limit), for: clearance)
        var response = WireSearchPage()
        response.rows = page.contacts.map(WireContactRow.init)
        response.next = page.next ?? 0
        return response
    }
}

extension SearchFilter {
    fileprivate init(_ wire: WireSearchRequest) throws {
        self.init()
        guard let words = NameIndex(wire.nameWords) else {
            throw WireFault(.invalid, "Refused: a word has 2 bytes, and 8 are the most.")
        }
        self.words = words
        if !wire.purpose.isEmpty { purpose = try PurposeCode(wire.purpose) }
        source = wire.source.isEmpty ? nil : wire.source
        from = try Self.time(wire.from)
        until = try Self.time(wire.until)
    }

    private static func time(_ text: String) throws -> LedgerTime? {
        guard !text.isEmpty else { return nil }
        guard let time = LedgerTime(text) else {
            throw WireFault(.invalid, "Refused: a time is a text of FORMAT 2.1.")
        }
        return time
    }
}
