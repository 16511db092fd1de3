import ContactModel
import Foundation
import LedgerFormat
import ProcessBoundary

/// Asks the ledger for the entries of a contact.
struct HistoryReader: Sendable {
    let ledger: any LedgerPort

    /// - Parameter valuesOnly: of them those that bring an address, a name or an attribute.
    /// - Throws: `not-found` for a contact that is not there for the caller, and for a moment that has not come.
    func page(
        of contact: EntityID, from: UInt64 = 0, until moment: ContactMoment?, valuesOnly: Bool,
        limit: Int = ServiceLimits.historyRows, _ authorized: Authorized
    ) async throws(ServiceError) -> WireHistoryPage {
        var request = WireHistoryRequest()
        request.credential = authorized.request.credential
        request.contactID = Data(contact.bytes)
        request.from = from
        if let moment { request.until = WireHistoryMoment(moment) }
        request.valuesOnly = valuesOnly
        request.limit = UInt32(clamping: limit)
        return try await ask(request)
    }

    /// What one entry of a contact says.
    func row(
        of contact: EntityID, at receipt: MutationOutcome.Receipt, _ authorized: Authorized
    ) async throws(ServiceError) -> HistoryRow {
        var request = WireHistoryRequest()
        request.credential = authorized.request.credential
        request.contactID = Data(contact.bytes)
        request.at.index = receipt.index
        request.at.generation = receipt.generation
        request.limit = 1
        guard let row = try await ask(request).rows.first else { throw .unexpectedReply(.ledger) }
        return try HistoryRow(row)
    }

    private func ask(
        _ request: WireHistoryRequest
    ) async throws(ServiceError) -> WireHistoryPage {
        do throws(ServiceError) {
            return try await ledger.ask(.readHistory(request)) { result -> WireHistoryPage? in
                if case .history(let page) = result { page } else { nil }
            }
        } catch {
            guard error.code == .notFound else { throw error }
            throw .noContact
        }
    }
}

extension ServiceError {
    static let noContact = ServiceError(
        .notFound, "There is no contact with this id, or it was not there at that time.")
}

extension WireHistoryMoment {
    fileprivate init(_ moment: ContactMoment) {
        self.init()
        switch moment {
        case .time(let time): self.time = time.text
        case .entry(let index, let generation):
            entry.index = index
            entry.generation = generation ?? 0
        }
    }
}

/// An entry of a contact, taken apart.
struct HistoryRow {
    let wire: WireHistoryRow
    let header: EntryHeader
    let event: ContactEvent

    /// - Throws: `internal-error` for what the ledger does not write.
    init(_ row: WireHistoryRow) throws(ServiceError) {
        guard let header = try? EntryHeader(canonical: row.header),
            let event = try? ContactEvent(
                stream: header.stream.rawValue, type: header.type, payload: row.payload)
        else { throw .unexpectedReply(.ledger) }
        wire = row
        self.header = header
        self.event = event
    }
}
