public import ContactModel
import Foundation
import ProcessBoundary

/// To whom contacts' data was given, for what and on which basis: recorded, revoked, told.
/// ```
/// record: ledger ReadContact → is it covered now? → keeper Encrypt → ledger Append, if the contact is still what was read
/// revoke: ledger ReadSharing → ledger Append → ledger ReadSharing
/// ```
/// Refusals are audited by whoever calls.
public struct SharingService: Sendable {
    private let ledger: any LedgerPort
    private let keeper: any KeeperPort
    private let rows: SharingRows

    public init(ledger: any LedgerPort, keeper: any KeeperPort) {
        self.ledger = ledger
        self.keeper = keeper
        rows = SharingRows(ledger: ledger, keeper: keeper)
    }

    /// Durable and signed when this returns, and so is its audit entry.
    ///
    /// - Throws: `not-found` above the caller's clearance; `purpose-not-covered` unless something of the legal basis named, and what the
    ///   request is for, is in force now; `invalid-attributes` for what the contact has not; `conflict` when it changed meanwhile;
    ///   `idempotency-mismatch`; unavailability, `outcome-unknown` when the append's reply was lost.
    public func record(
        _ validated: Validated<SharingCommand>
    ) async throws(ServiceError) -> SharingOutcome {
        let (authorized, command) = (validated.authorized, validated.command)
        guard authorized.isPermitted(on: command.contact) else { throw .noSuchContact }
        let row = try await ledger.contact(command.contact, authorized)
        do throws(ServiceError) {
            try PurposeGuard.checkRestriction(of: row, authorized, isRead: false)
            try SharingGuard.check(command.draft, authorized.purposes, of: row)
        } catch {
            // What was recorded while it was covered is told again all the same.
            let known = try await IdempotentReplay(ledger: ledger, keeper: keeper)
                .outcome(of: command.idempotency, authorized)
            guard let known else { throw error.about(row.head.subject) }
            return try await outcome(known, authorized)
        }
        let id = EntityID.random()
        let recorded = try await apply(
            .recordSharing(id, command.draft, of: .contact(command.contact)),
            command.idempotency, expecting: row.head.version, authorized)
        return recorded.replayed
            ? try await outcome(recorded, authorized)
            : SharingOutcome(id: id.text, mutation: recorded)
    }

    /// Durable and signed when this returns. One that is revoked already answers as it did then.
    ///
    /// - Throws: `not-found`; `forbidden` for a contact that is trusted more than the caller; unavailability, `outcome-unknown`.
    public func revoke(
        _ validated: Validated<EntityID>
    ) async throws(ServiceError) -> SharingView {
        let (authorized, id) = (validated.authorized, validated.command)
        let row = try await rows.sharing(.sharingID(id.text), authorized)
        guard row.hasRevoked else {
            guard let contact = EntityID(bytes: row.contact.contactID) else {
                throw .unexpectedReply(.ledger)
            }
            _ = try await apply(
                .revokeSharing(id, of: .contact(contact)), nil, expecting: nil, authorized)
            let revoked = try await rows.sharing(.sharingID(id.text), authorized)
            guard revoked.hasRevoked else { throw .unexpectedReply(.ledger) }
            return try await rows.view(revoked, authorized)
        }
        return try await rows.disclosed(row, authorized)
    }

    /// Disclosed once its audit entry is durable.
    ///
    /// - Throws: `not-found`, `unreadable`, or unavailability.
    public func get(_ validated: Validated<EntityID>) async throws(ServiceError) -> SharingView {
        let row = try await rows.sharing(
            .sharingID(validated.command.text), validated.authorized)
        return try await rows.disclosed(row, validated.authorized)
    }

    /// - Throws: `not-found` for a contact that is not there; `unreadable`, or unavailability.
    public func list(
        _ validated: Validated<SharingQuery>
    ) async throws(ServiceError) -> SharingPageView {
        try await rows.page(validated.command, validated.authorized)
    }

    // MARK: - Plumbing

    private func apply(
        _ operation: MutationCommand.Operation, _ idempotency: MutationCommand.Idempotency?,
        expecting version: UInt64?, _ authorized: Authorized
    ) async throws(ServiceError) -> MutationOutcome {
        let command = MutationCommand(
            operation: operation, idempotency: idempotency,
            precondition: version.map { .versions([$0]) })
        let report = await MutationEngine(ledger: ledger, keeper: keeper)
            .run([command], by: authorized)
        guard let result = report.results.first else { throw .unexpectedReply(.ledger) }
        do throws(ServiceError) {
            return try result.get()
        } catch {
            guard error.code == .preconditionFailed else { throw error }
            // The caller named no version: the one that the decision was made by is ours.
            var conflict = ServiceError(
                .conflict, "The contact changed meanwhile; read it, and decide anew.")
            conflict.isAudited = error.isAudited
            throw conflict
        }
    }

    /// Of a request that was done before: the id is the one that was drawn then.
    private func outcome(
        _ replayed: MutationOutcome, _ authorized: Authorized
    ) async throws(ServiceError) -> SharingOutcome {
        var entry = WireSharingEntry()
        entry.generation = replayed.receipt.generation
        entry.index = replayed.receipt.index
        let row = try await rows.sharing(.entry(entry), authorized)
        return SharingOutcome(id: row.id, mutation: replayed)
    }
}
