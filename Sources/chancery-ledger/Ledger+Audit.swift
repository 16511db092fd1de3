import ContactModel
import Foundation
import LedgerFormat
import LedgerStore
import ProcessBoundary
import Projections

extension Ledger {
    func answer(
        _ request: WireAuditQuery, for clearance: Clearance?
    ) throws -> WireAuditPage {
        guard let clearance else { throw LedgerService.unknown }
        let page = try audits(
            try AuditFilter(request),
            about: request.contactID.isEmpty ? nil : try ContactID(wire: request.contactID),
            below: request.below == 0 ? nil : request.below, limit: Int(request.limit),
            for: clearance)
        var response = WireAuditPage()
        response.rows = page.rows.map { row in
            var wire = WireAuditRow()
            wire.generation = row.generation
            wire.header = row.entry.header
            wire.payload = row.entry.payload
            return wire
        }
        response.next = page.next ?? 0
        if let subject = page.subject { response.subject = subject.data }
        return response
    }
}

extension AuditFilter {
    fileprivate init(_ wire: WireAuditQuery) throws(WireFault) {
        self.init()
        if !wire.principal.isEmpty { principal = wire.principal }
        if !wire.action.isEmpty { action = wire.action }
        category = try Self.choice(wire.category)
        outcome = try Self.choice(wire.outcome)
        from = try Self.time(wire.from)
        until = try Self.time(wire.until)
    }

    private static func choice<Value: RawRepresentable<String>>(
        _ text: String
    ) throws(WireFault) -> Value? {
        guard !text.isEmpty else { return nil }
        guard let value = Value(rawValue: text) else {
            throw WireFault(.invalid, "Refused: a filter names a kind that there is not.")
        }
        return value
    }

    private static func time(_ text: String) throws(WireFault) -> LedgerTime? {
        guard !text.isEmpty else { return nil }
        guard let time = LedgerTime(text) else {
            throw WireFault(.invalid, "Refused: a filter's time is malformed.")
        }
        return time
    }
}
