import ContactModel
import Foundation
import LedgerStore
import ProcessBoundary
import Projections

extension Ledger {
    func answer(
        _ request: WireReadDSRRequest, for clearance: Clearance?
    ) throws -> WireDSRResponse {
        guard let clearance else { throw LedgerService.unknown }
        let id =
            request.requestID.isEmpty
            ? try requestReceived(at: request.receivedIndex, of: request.wanted)
            : EntityID(bytes: request.requestID)
        guard let id else { throw WireFault(.invalid, "Refused: a request's id has 16 bytes.") }
        let found = try self.request(id, evidence: request.evidence, for: clearance)
        var response = WireDSRResponse()
        response.request = WireDSRRow(found.record)
        response.contactID = found.contactID?.bytes ?? Data()
        response.steps = found.steps.map { step in
            .with {
                $0.generation = step.generation
                $0.header = step.entry.header
                $0.payload = step.entry.payload
                $0.tlogProof = Data(step.receipt ?? [])
            }
        }
        response.notices = WireNoticeList(try notices(of: id, for: clearance))
        return response
    }

    func answer(
        _ request: WireListDSRRequest, for clearance: Clearance?
    ) throws -> WireDSRPage {
        guard let clearance else { throw LedgerService.unknown }
        let page = try requests(try RequestQuery(request), for: clearance)
        var response = WireDSRPage()
        response.requests = page.rows.map(WireDSRRow.init)
        if let next = page.next {
            response.nextDue = next.due.text
            response.nextPosition = next.position
        }
        return response
    }
}

extension RequestQuery {
    fileprivate init(_ wire: WireListDSRRequest) throws(WireFault) {
        self.init(limit: Int(wire.limit))
        if !wire.state.isEmpty {
            guard let state = DSRState(rawValue: wire.state) else {
                throw WireFault(.invalid, "Refused: there is no such state of a request.")
            }
            self.state = state
        }
        due = try Self.day(wire.due)
        after = try Self.day(wire.afterDue).map {
            Place(due: $0, position: wire.afterPosition)
        }
    }

    private static func day(_ text: String) throws(WireFault) -> CalendarDate? {
        guard !text.isEmpty else { return nil }
        guard let day = CalendarDate(text) else {
            throw WireFault(.invalid, "Refused: a day is YYYY-MM-DD.")
        }
        return day
    }
}

extension WireDSRRow {
    init(_ record: RequestRecord) {
        self.init()
        requestID = Data(record.id.bytes)
        subject = record.subject.data
        kind = record.standing.kind.rawValue
        state = record.standing.state.rawValue
        receivedAt = record.standing.receivedAt.text
        due = record.standing.due.text
        extended = record.standing.isExtended
        jurisdiction = record.jurisdiction
        channel = record.channel
        purposeCodes = record.purposeCodes
        reasons = record.reasons
        label = record.label
    }
}
