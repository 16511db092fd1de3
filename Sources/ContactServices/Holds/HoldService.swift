public import ContactModel
import Foundation
import ProcessBoundary

/// Legal holds: while one is in force the ledger itself orders no erasure of the contact.
public struct HoldService: Sendable {
    private let ledger: any LedgerPort
    private let keeper: any KeeperPort
    private let auditor: Auditor

    public init(ledger: any LedgerPort, keeper: any KeeperPort) {
        self.ledger = ledger
        self.keeper = keeper
        auditor = Auditor(ledger: ledger)
    }

    /// Durable and signed when this returns, and so is its audit entry; from then on no erasure is ordered.
    ///
    /// - Throws: `not-found`; `conflict` for a contact that has too many; what ``ContactService/apply(_:)`` throws.
    public func place(
        _ validated: Validated<HoldCommand<LegalHold>>
    ) async throws(ServiceError) -> HoldOutcome {
        let (authorized, command) = (validated.authorized, validated.command)
        let mutation = try await apply(
            .placeHold(.contact(command.contact), command.hold), command.idempotency, authorized)
        let place = (mutation.receipt.generation, mutation.receipt.index)
        let hold = try await holds(of: command.contact, authorized).holds
            .first { ($0.generation, $0.index) == place }
        guard let hold else { throw .unexpectedReply(.ledger) }
        return HoldOutcome(hold: hold, mutation: mutation)
    }

    /// - Throws: `not-found` for a hold that is released, as for one that there is not.
    public func release(
        _ validated: Validated<HoldCommand<EntityID>>
    ) async throws(ServiceError) -> HoldOutcome {
        let (authorized, command) = (validated.authorized, validated.command)
        let mutation = try await apply(
            .releaseHold(.contact(command.contact), command.hold), command.idempotency,
            authorized)
        let hold = try await holds(of: command.contact, authorized).holds
            .first { $0.hold.id == command.hold }
        guard let hold else { throw .unexpectedReply(.ledger) }
        return HoldOutcome(hold: hold, mutation: mutation)
    }

    /// Every one that the contact has had, the oldest first; on record before it returns.
    public func list(
        _ validated: Validated<EntityID>
    ) async throws(ServiceError) -> [HoldView] {
        let (holds, subject) = try await holds(of: validated.command, validated.authorized)
        try await auditor.disclosure(validated.authorized, subject: subject)
        return holds
    }

    private func apply(
        _ operation: MutationCommand.Operation, _ idempotency: MutationCommand.Idempotency?,
        _ authorized: Authorized
    ) async throws(ServiceError) -> MutationOutcome {
        let engine = MutationEngine(ledger: ledger, keeper: keeper)
        let mutation = MutationCommand(operation: operation, idempotency: idempotency)
        guard let result = await engine.run([mutation], by: authorized).results.first else {
            throw .unexpectedReply(.ledger)
        }
        return try result.get()
    }

    private func holds(
        of contact: EntityID, _ authorized: Authorized
    ) async throws(ServiceError) -> (holds: [HoldView], subject: Data) {
        let row = try await ledger.contact(contact, authorized)
        let holds = row.holds.compactMap { HoldView($0) }
        guard holds.count == row.holds.count else { throw .unexpectedReply(.ledger) }
        return (holds, row.head.subject)
    }
}
