import ContactModel
import Foundation
import LedgerFormat
import ProcessBoundary

/// The audit trail, for those who are cleared for it. Reading it is on record, too.
public struct AuditQueryService: Sendable {
    private let ledger: any LedgerPort
    private let keeper: any KeeperPort
    private let auditor: Auditor

    public init(ledger: any LedgerPort, keeper: any KeeperPort) {
        self.ledger = ledger
        self.keeper = keeper
        auditor = Auditor(ledger: ledger)
    }

    public func page(
        _ query: Validated<AuditQuery>
    ) async throws(ServiceError) -> AuditPageView {
        var request = WireAuditQuery(query.command)
        request.credential = query.authorized.request.credential
        let page = try await ledger.ask(.readAudit(request)) { result -> WireAuditPage? in
            if case .auditPage(let page) = result { page } else { nil }
        }
        var entries: [(row: WireAuditRow, header: EntryHeader, event: AuditEvent)] = []
        for row in page.rows {
            guard let header = try? EntryHeader(canonical: row.header),
                let event = try? EventCoding.decode(AuditEvent.self, from: row.payload)
            else { throw .unexpectedReply(.ledger) }
            entries.append((row, header, event))
        }
        var addresses = try await addresses(
            entries.map { ($0.header.label, $0.event) }, query.authorized
        ).makeIterator()
        let events = entries.map { row, header, event in
            AuditEventView(
                generation: row.generation, index: header.index, time: header.time.text,
                label: header.label, subject: header.subject?.hex, event: event,
                sourceAddress: event.sourceAddress == nil ? nil : addresses.next() ?? nil)
        }
        try await auditor.disclosure(query.authorized, subject: page.subject)
        return AuditPageView(events: events, next: page.next == 0 ? nil : page.next)
    }

    /// One for each event that has one.
    private func addresses(
        _ events: [(label: String, event: AuditEvent)], _ authorized: Authorized
    ) async throws(ServiceError) -> [String?] {
        var request = WireOpenAddressesRequest()
        request.credential = authorized.request.credential
        request.items = events.compactMap { label, event in
            event.sourceAddress.map { value in
                var item = WireSealedAddress()
                item.principal = event.principal
                item.label = label
                item.value = WireSealedValue(value)
                return item
            }
        }
        guard !request.items.isEmpty else { return [] }
        let response = try await keeper.ask(.openAddresses(request)) {
            result -> WireOpenAddressesResponse? in
            if case .openAddresses(let response) = result { response } else { nil }
        }
        guard response.addresses.count == request.items.count else {
            throw .unexpectedReply(.keeper)
        }
        return response.addresses.map { $0.isEmpty ? nil : $0 }
    }
}

extension WireAuditQuery {
    fileprivate init(_ query: AuditQuery) {
        self.init()
        principal = query.principal ?? ""
        action = query.action ?? ""
        category = query.category?.rawValue ?? ""
        outcome = query.outcome?.rawValue ?? ""
        if let contact = query.contact { contactID = Data(contact.bytes) }
        from = query.from?.text ?? ""
        until = query.until?.text ?? ""
        below = query.cursor ?? 0
        limit = UInt32(clamping: query.limit)
    }
}
