import ContactModel
import LedgerStore
import ProcessBoundary

extension Ledger {
    func answer(
        _ request: WireReadSourceRequest, for clearance: Clearance?
    ) throws -> WireSourcePage {
        guard let clearance else { throw LedgerService.unknown }
        let page = try records(
            from: request.source, below: request.below == 0 ? nil : request.below,
            limit: Int(request.limit), for: clearance)
        var response = WireSourcePage()
        response.rows = page.rows.map { row in
            var wire = WireSourceRow()
            wire.contact = WireContactHead(row.contact)
            wire.generation = row.generation
            wire.header = row.entry.header
            wire.payload = row.entry.payload
            return wire
        }
        response.next = page.next ?? 0
        return response
    }
}
