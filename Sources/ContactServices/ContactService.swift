public import ContactModel
import Foundation
import ProcessBoundary

/// Contacts one at a time: create, read, find by exact email, erase.
public struct ContactService: Sendable {
    private let ledger: any LedgerPort
    private let keeper: any KeeperPort
    private let auditor: Auditor

    public init(ledger: any LedgerPort, keeper: any KeeperPort) {
        self.ledger = ledger
        self.keeper = keeper
        auditor = Auditor(ledger: ledger)
    }

    /// Records one mutation; when this returns it is durable and signed, and so is its audit entry.
    ///
    /// - Throws: `duplicate-email`, `idempotency-mismatch`, or what the daemons refuse; `outcome-unknown` when the append's
    ///   reply was lost.
    public func apply(
        _ validated: Validated<MutationCommand>
    ) async throws(ServiceError) -> MutationOutcome {
        let engine = MutationEngine(ledger: ledger, keeper: keeper)
        let report = await engine.run([validated.command], by: validated.authorized)
        guard let result = report.results.first else { throw .unexpectedReply(.ledger) }
        return try result.get()
    }

    /// The contact with this id, disclosed after its audit entry is durable.
    ///
    /// - Throws: `not-found`, `unreadable`, or unavailability.
    public func get(_ validated: Validated<EntityID>) async throws(ServiceError) -> ContactView {
        var request = WireReadContactRequest()
        request.contactID = Data(validated.command.bytes)
        guard let view = try await read(request, validated.authorized) else {
            throw ServiceError(.notFound, "There is no contact with this id.")
        }
        return view
    }

    /// Forgets the contact for good. Its order is durable when this returns, whether or not the keeper could carry it out
    /// yet; the ledger audits it itself, in the append that orders it.
    ///
    /// - Throws: `not-found`, or unavailability; `outcome-unknown` when the reply was lost.
    public func erase(_ validated: Validated<EntityID>) async throws(ServiceError) -> ErasureView {
        var request = WireEraseRequest()
        request.credential = validated.authorized.request.credential
        request.contactID = Data(validated.command.bytes)
        request.requestID = validated.authorized.request.requestID.text
        request.context = validated.authorized.auditContext
        if let signature = validated.authorized.request.signature {
            request.signature = signature.wire
        }
        let response = try await ledger.record(.erase(request)) { result -> WireEraseResponse? in
            if case .erase(let response) = result { response } else { nil }
        }
        return ErasureView(validated.command, response)
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
        if let view = try await read(request, validated.authorized, isNamed: false) {
            return [view]
        }
        // That nobody has this address is an answer too, and told only once it is audited.
        try await auditor.disclosure(validated.authorized)
        return []
    }

    /// Nil: no such contact, and nothing audited yet.
    ///
    /// - Parameter isNamed: whether the policies were told already which contact it is.
    private func read(
        _ request: WireReadContactRequest, _ authorized: Authorized, isNamed: Bool = true
    ) async throws(ServiceError) -> ContactView? {
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
        let view = try await decrypt(row, authorized)
        try await auditor.disclosure(authorized, subject: row.head.subject)
        return view
    }

    /// Whether the policies permit it of the contact that was found; else it was not.
    private static func isPermitted(_ row: WireContactRow, _ authorized: Authorized) -> Bool {
        guard let id = EntityID(bytes: row.head.contactID) else { return false }
        return authorized.purposes.allSatisfy { purpose in
            (try? authorized.request.judge(authorized.action, on: id.text, for: purpose)) != nil
        }
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
        var texts: [String] = []
        var rest = ContactView.sealedItems(of: row)[...]
        while !rest.isEmpty {
            let part = rest.prefix(ServiceLimits.decryptItems)
            rest = rest.dropFirst(part.count)
            texts += try await decrypt(Array(part), authorized)
        }
        guard let view = ContactView(row, plaintexts: texts) else {
            throw .unexpectedReply(.keeper)
        }
        return view
    }

    private func decrypt(
        _ items: [WireSealedItem], _ authorized: Authorized
    ) async throws(ServiceError) -> [String] {
        var request = WireDecryptRequest()
        request.credential = authorized.request.credential
        request.items = items
        let response = try await keeper.ask(.decrypt(request)) { result -> WireDecryptResponse? in
            if case .decrypt(let response) = result { response } else { nil }
        }
        var texts: [String] = []
        for item in response.items {
            switch item.result {
            case .plaintext(let bytes):
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    throw .unexpectedReply(.keeper)
                }
                texts.append(text)
            case .fault(let fault): throw ServiceError(fault, from: .keeper)
            case nil: throw .unexpectedReply(.keeper)
            }
        }
        return texts
    }
}
