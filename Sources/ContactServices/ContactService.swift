public import ContactModel
import Foundation
import ProcessBoundary

/// Contacts one at a time: change, read as they are and as they were, find by exact email, erase.
public struct ContactService: Sendable {
    private let ledger: any LedgerPort
    private let keeper: any KeeperPort
    private let auditor: Auditor
    private let values: ValueOpener
    private let history: HistoryReader
    private let past: PastContacts
    private let enrichment: EnrichmentDraft?

    /// - Parameter enrichment: asked of vendors about every new contact.
    public init(
        ledger: any LedgerPort, keeper: any KeeperPort, enriching enrichment: EnrichmentDraft? = nil
    ) {
        self.enrichment = enrichment
        self.ledger = ledger
        self.keeper = keeper
        auditor = Auditor(ledger: ledger)
        values = ValueOpener(keeper: keeper)
        history = HistoryReader(ledger: ledger)
        past = PastContacts(ledger: ledger)
    }

    /// Records one mutation; when this returns it is durable and signed, and so is its audit entry.
    ///
    /// - Throws: `duplicate-email`, `idempotency-mismatch`, or what the daemons refuse; `outcome-unknown` when the append's
    ///   reply was lost.
    public func apply(
        _ validated: Validated<MutationCommand>
    ) async throws(ServiceError) -> MutationOutcome {
        let engine = MutationEngine(ledger: ledger, keeper: keeper, enrichment: enrichment)
        let report = await engine.run([validated.command], by: validated.authorized)
        guard let result = report.results.first else { throw .unexpectedReply(.ledger) }
        return try result.get()
    }

    /// The contact with this id, disclosed after its audit entry is durable.
    ///
    /// - Throws: `not-found`, also for a moment at which it was not there, or which is above the caller's clearance today;
    ///   `purpose-not-covered` by what holds today; `unreadable`, or unavailability.
    public func get(
        _ validated: Validated<ContactQuery>
    ) async throws(ServiceError) -> ContactView {
        let (query, authorized) = (validated.command, validated.authorized)
        let today = try await covered(query.id, authorized)
        var row = today
        if let moment = query.moment {
            row = try await past.row(of: query.id, as: moment, today, authorized)
            guard Self.isWithin(authorized.request.principal.clearance, row) else {
                throw .noContact
            }
        }
        let view = try await decrypt(row, authorized)
        try await auditor.disclosure(authorized, subject: row.head.subject)
        return view
    }

    /// A page of the values that a contact ever had, disclosed after its audit entry is durable.
    ///
    /// - Throws: as ``get(_:)``.
    public func history(
        _ validated: Validated<HistoryQuery>
    ) async throws(ServiceError) -> HistoryView {
        let (query, authorized) = (validated.command, validated.authorized)
        let subject = try await covered(query.id, authorized).head.subject
        let page = try await history.page(
            of: query.id, from: query.cursor ?? 0, until: query.moment, valuesOnly: true,
            limit: query.limit, authorized)
        var rows: [HistoryRow] = []
        for row in page.rows { rows.append(try HistoryRow(row)) }
        let items = rows.flatMap { HistoryView.Value.sealed(in: $0, of: subject) }
        var texts = try await self.values.texts(of: items, authorized)[...]
        var values: [HistoryView.Value] = []
        for row in rows { values += try HistoryView.Value.values(of: row, &texts) }
        try await auditor.disclosure(authorized, subject: subject)
        return HistoryView(
            values: values, next: page.next == 0 ? nil : page.next, isPartial: page.isPartial)
    }

    /// The record of a consent that was just granted, or was by the same request before.
    public func consent(
        _ outcome: MutationOutcome, _ authorized: Authorized
    ) async throws(ServiceError) -> ConsentReceipt {
        let row = try await history.row(
            of: outcome.contactID, at: outcome.receipt, authorized)
        guard case .consentGranted(let event) = row.event else {
            throw .unexpectedReply(.ledger)
        }
        return ConsentReceipt(event: event, outcome: outcome)
    }

    /// The row of a contact whose purposes in force cover those of the request.
    private func covered(
        _ contact: EntityID, _ authorized: Authorized
    ) async throws(ServiceError) -> WireContactRow {
        var request = WireReadContactRequest()
        request.contactID = Data(contact.bytes)
        guard let row = try await row(request, authorized) else {
            throw ServiceError(.notFound, "There is no contact with this id.")
        }
        return row
    }

    /// Forgets the contact for good. Its order is durable when this returns, whether or not the keeper could carry it out
    /// yet; the ledger audits it itself, in the append that orders it.
    ///
    /// - Throws: `not-found`, `precondition-failed`, `legal-hold`, or unavailability; `outcome-unknown` when the reply was lost.
    public func erase(
        _ validated: Validated<ErasureCommand>
    ) async throws(ServiceError) -> ErasureView {
        var request = WireEraseRequest()
        request.credential = validated.authorized.request.credential
        request.contactID = Data(validated.command.contact.bytes)
        if let version = validated.command.version { request.expectedVersion = version }
        request.requestID = validated.authorized.request.requestID.text
        request.context = validated.authorized.auditContext
        if let signature = validated.authorized.request.signature {
            request.signature = signature.wire
        }
        do throws(ServiceError) {
            let response = try await ledger.record(.erase(request)) {
                result -> WireEraseResponse? in
                if case .erase(let response) = result { response } else { nil }
            }
            guard let view = ErasureView(validated.command.contact, response) else {
                throw .unexpectedReply(.ledger)
            }
            return view
        } catch {
            // Nothing else conflicts with an erasure.
            throw error.code == .conflict ? .preconditionFailed : error
        }
    }

    /// The contacts with exactly this email address: one or none.
    public func find(
        _ validated: Validated<EmailAddress>
    ) async throws(ServiceError) -> [ContactView] {
        var derive = WireDeriveRequest()
        derive.credential = validated.authorized.request.credential
        var input = WireIndexInput()
        input.field = "email"
        input.canonical = Data(validated.command.canonical.utf8)
        derive.indexInputs = [input]
        let derived = try await keeper.ask(.derive(derive)) { result -> WireDeriveResponse? in
            if case .derive(let response) = result { response } else { nil }
        }
        guard let value = derived.indexValues.first, derived.indexValues.count == 1 else {
            throw .unexpectedReply(.keeper)
        }
        var request = WireReadContactRequest()
        request.unique.index = "email"
        request.unique.value = value
        if let row = try await row(request, validated.authorized, isNamed: false) {
            let view = try await decrypt(row, validated.authorized)
            try await auditor.disclosure(validated.authorized, subject: row.head.subject)
            return [view]
        }
        // That nobody has this address is an answer too, and told only once it is audited.
        try await auditor.disclosure(validated.authorized)
        return []
    }

    /// Nil: no such contact, and nothing audited yet.
    ///
    /// - Parameter isNamed: whether the policies were told already which contact it is.
    private func row(
        _ request: WireReadContactRequest, _ authorized: Authorized, isNamed: Bool = true
    ) async throws(ServiceError) -> WireContactRow? {
        var request = request
        request.credential = authorized.request.credential
        let row: WireContactRow
        do throws(ServiceError) {
            row = try await ledger.ask(.readContact(request)) { result -> WireContactRow? in
                if case .contact(let row) = result { row } else { nil }
            }
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
        // First of all, and as if there were no such contact. The ledger said so already, the keeper will again.
        guard Self.isWithin(authorized.request.principal.clearance, row) else { return nil }
        guard isNamed || Self.isPermitted(row, authorized) else { return nil }
        do throws(ServiceError) {
            try PurposeGuard.checkRestriction(of: row, authorized)
            try PurposeGuard.check(authorized.purposes, of: row)
        } catch {
            throw error.about(row.head.subject)
        }
        return row
    }

    /// Those of the contacts found that the caller may see, for the purpose stated: by label, policies and what is in force.
    func views(
        of rows: [WireContactRow], _ authorized: Authorized
    ) async throws(ServiceError) -> [ContactView] {
        let clearance = authorized.request.principal.clearance
        let visible = rows.filter { row in
            Self.isWithin(clearance, row) && Self.isPermitted(row, authorized)
                && (try? PurposeGuard.checkRestriction(of: row, authorized)) != nil
                && (try? PurposeGuard.check(authorized.purposes, of: row)) != nil
        }
        let items = visible.map { Self.items(of: $0, for: clearance) }
        var texts = try await values.texts(of: items.flatMap { $0 }, authorized)[...]
        var views: [ContactView] = []
        for (row, items) in zip(visible, items) {
            let mine = Array(texts.prefix(items.count))
            texts = texts.dropFirst(items.count)
            guard let view = ContactView(row, plaintexts: mine, for: clearance) else {
                throw .unexpectedReply(.keeper)
            }
            views.append(view)
        }
        return views
    }

    /// What of a row is to be decrypted.
    private static func items(
        of row: WireContactRow, for clearance: Clearance
    ) -> [WireSealedItem] {
        ContactView.sealedItems(of: row) + ContactView.evidenceItems(of: row, for: clearance)
    }

    /// Whether the policies permit it of the contact that was found; else it was not.
    private static func isPermitted(_ row: WireContactRow, _ authorized: Authorized) -> Bool {
        EntityID(bytes: row.head.contactID).map(authorized.isPermitted) ?? false
    }

    /// Whether the clearance dominates the contact's label and that of every value.
    private static func isWithin(_ clearance: Clearance, _ row: WireContactRow) -> Bool {
        let labels = [row.head.label] + ContactView.sealedItems(of: row).map(\.binding.label)
        return Set(labels).allSatisfy { text in
            (try? SecurityLabel(text)).map(clearance.canRead) ?? false
        }
    }

    private func decrypt(
        _ row: WireContactRow, _ authorized: Authorized
    ) async throws(ServiceError) -> ContactView {
        let clearance = authorized.request.principal.clearance
        let texts = try await values.texts(
            of: Self.items(of: row, for: clearance), authorized)
        guard let view = ContactView(row, plaintexts: texts, for: clearance) else {
            throw .unexpectedReply(.keeper)
        }
        return view
    }
}
