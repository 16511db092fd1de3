import ContactModel
import Foundation
import LedgerFormat
import ProcessBoundary

/// Where attributes came from: of a contact, and from a source. On record before it is told.
///
/// Values are not shown, their salted hashes are. The salts, by which somebody could guess short values, are opened only for a purpose that
/// the contact's consents cover.
public struct ProvenanceService: Sendable {
    private let ledger: any LedgerPort
    private let keeper: any KeeperPort
    private let auditor: Auditor

    public init(ledger: any LedgerPort, keeper: any KeeperPort) {
        self.ledger = ledger
        self.keeper = keeper
        auditor = Auditor(ledger: ledger)
    }

    /// - Throws: `not-found`; `purpose-not-covered` for a purpose that is stated and not covered; `forbidden` for one stated by a role that
    ///   reads no values; `unreadable`; unavailability.
    public func chain(
        _ validated: Validated<ProvenanceQuery>
    ) async throws(ServiceError) -> ProvenanceView {
        let (authorized, query) = (validated.authorized, validated.command)
        if !authorized.purposes.isEmpty {
            try await PurposeGuard.check(authorized, query.contact, ledger)
        }
        let pager = ProvenancePager(ledger: ledger)
        let chain = try await pager.page(
            of: query.contact, from: query.cursor ?? 0, limit: query.limit, authorized)
        let salts =
            authorized.purposes.isEmpty
            ? [:] : try await salts(of: chain.rows, chain.subject, authorized)
        var leaves = chain.leaves
        if let first = chain.rows.first, let before = first.header.subjectPrevious {
            leaves[first.generation, default: [:]][before] = try await pager.leaf(
                of: query.contact, first.generation, before, authorized)
        }
        let records = chain.rows.map { row in
            row.view(
                types: chain.types, salt: salts[row.event.provenanceId],
                previous: row.header.subjectPrevious.flatMap { leaves[row.generation]?[$0] })
        }
        try await auditor.disclosure(authorized, subject: chain.subject)
        return ProvenanceView(
            contact: query.contact, records: records, next: chain.next,
            isPartial: chain.isPartial)
    }

    /// - Throws: unavailability.
    public func records(
        _ validated: Validated<SourceQuery>
    ) async throws(ServiceError) -> SourceView {
        let (authorized, query) = (validated.authorized, validated.command)
        var request = WireReadSourceRequest()
        request.credential = authorized.request.credential
        request.source = query.source
        request.below = query.cursor ?? 0
        request.limit = UInt32(clamping: query.limit)
        let page = try await ledger.ask(.readSource(request)) { result -> WireSourcePage? in
            if case .sourcePage(let page) = result { page } else { nil }
        }
        var rows: [SourceView.Row] = []
        var subjects: Set<Data> = []
        for wire in page.rows {
            guard let contact = EntityID(bytes: wire.contact.contactID) else {
                throw .unexpectedReply(.ledger)
            }
            guard authorized.isPermitted(on: contact) else { continue }
            subjects.insert(wire.contact.subject)
            let row = try ProvenanceRow(
                generation: wire.generation, header: wire.header, payload: wire.payload)
            rows.append(
                SourceView.Row(
                    contact: contact, record: row.view(types: [:], salt: nil, previous: nil)))
        }
        try await auditor.disclosure(authorized, of: subjects)
        return SourceView(rows: rows, next: page.next == 0 ? nil : page.next)
    }

    /// By provenance id.
    private func salts(
        of rows: [ProvenanceRow], _ subject: Data, _ authorized: Authorized
    ) async throws(ServiceError) -> [String: Data] {
        let sealed = rows.compactMap { row in
            row.sealedSalt(of: subject).map { (row.event.provenanceId, $0) }
        }
        guard !sealed.isEmpty else { return [:] }
        let opened = try await ValueOpener(keeper: keeper).plaintexts(
            of: sealed.map(\.1), authorized)
        return Dictionary(zip(sealed.map(\.0), opened)) { $1 }
    }
}
