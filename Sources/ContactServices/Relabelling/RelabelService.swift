import ContactModel
import Foundation
import ProcessBoundary

/// Raises and endorses contacts, for trusted subjects:
/// ```
/// with a key: keeper Derive → ledger Prepare, which knows what was done before
/// ledger ReadContact → decide → keeper Relabel → ledger Append
/// ```
/// The keeper seals the contact's values anew; until the append nothing has changed, and the append holds only if the contact is
/// still what was read. Refusals are audited by whoever calls.
public struct RelabelService: Sendable {
    private let ledger: any LedgerPort
    private let keeper: any KeeperPort

    public init(ledger: any LedgerPort, keeper: any KeeperPort) {
        self.ledger = ledger
        self.keeper = keeper
    }

    /// Durable and signed when this returns, and so is its audit entry.
    ///
    /// - Throws: `not-found` above the caller's clearance; `forbidden` where that does not reach every label concerned;
    ///   `label-lowered`; `conflict` when the contact bears the label or changed meanwhile; `idempotency-mismatch`; `too-large`;
    ///   unavailability, `outcome-unknown` when the append's reply was lost.
    public func relabel(
        _ validated: Validated<RelabelCommand>
    ) async throws(ServiceError) -> MutationOutcome {
        let (authorized, command) = (validated.authorized, validated.command)
        let replays = IdempotentReplay(ledger: ledger, keeper: keeper)
        let tags = try await replays.tags(of: command.idempotency, authorized)
        if let tags, let known = try await replays.outcome(of: tags, authorized) { return known }
        let row = try await ledger.contact(command.contact, authorized)
        if case .versions(let versions)? = command.precondition,
            !versions.contains(row.head.version)
        {
            throw ServiceError.preconditionFailed.about(row.head.subject)
        }
        let change = try LabelChange(
            of: row, to: command.label, by: authorized.request.principal.clearance)
        let sealed = try await sealed(change, authorized)
        var mutation = WireMutation()
        mutation.subject = row.head.subject
        mutation.expectedVersion = row.head.version
        mutation.entries = [try change.entry(sealed.values, reason: command.reason)]
        mutation.introduction = sealed.word
        if let tags { mutation.idempotency = tags }
        return try await append(mutation, authorized)
    }

    /// Values in the order of the items, and the keeper's word for all of them: hence one call.
    private func sealed(
        _ change: LabelChange, _ authorized: Authorized
    ) async throws(ServiceError) -> (values: [WireSealedValue], word: Data) {
        guard change.items.count <= ServiceLimits.relabelItems else {
            throw ServiceError(
                .tooLarge,
                "The contact has more than \(ServiceLimits.relabelItems) values; that many are not relabelled at once."
            )
        }
        var request = WireRelabelRequest()
        request.credential = authorized.request.credential
        request.label = change.label.text
        request.items = change.items
        let response = try await keeper.ask(.relabel(request)) { result -> WireRelabelResponse? in
            if case .relabel(let response) = result { response } else { nil }
        }
        var values: [WireSealedValue] = []
        for item in response.items {
            switch item.result {
            case .value(let value): values.append(value)
            case .fault(let fault): throw ServiceError(fault, from: .keeper)
            case nil: throw .unexpectedReply(.keeper)
            }
        }
        guard values.count == change.items.count, !response.code.isEmpty else {
            throw .unexpectedReply(.keeper)
        }
        return (values, response.code)
    }

    private func append(
        _ mutation: WireMutation, _ authorized: Authorized
    ) async throws(ServiceError) -> MutationOutcome {
        var request = WireAppendRequest()
        request.credential = authorized.request.credential
        request.mutations = [mutation]
        request.context = authorized.auditContext
        request.audit = Self.audit(authorized, mutation.subject)
        let response = try await ledger.record(.append(request), Self.appended)
        switch response.results.first?.result {
        case .receipt(let receipt):
            return try MutationBatch.outcome(receipt, replayed: false).get()
        // The append has told of it.
        case .fault(let fault): throw ServiceError(fault, from: .ledger).audited()
        case nil: throw .unexpectedReply(.ledger)
        }
    }

    private static func audit(_ authorized: Authorized, _ subject: Data) -> WireAuditDraft {
        Auditor.draft(
            authorized.request, action: authorized.action, purposes: authorized.purposes,
            outcome: .allowed, reason: "", subject: subject)
    }

    private static func appended(
        _ result: WireLedgerResponse.OneOf_Result
    ) -> WireAppendResponse? {
        if case .append(let response) = result { response } else { nil }
    }
}
