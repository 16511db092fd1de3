import ContactModel
import Foundation
import ProcessBoundary

/// What a request with the same key did before, for those who decide before they append.
struct IdempotentReplay: Sendable {
    let ledger: any LedgerPort
    let keeper: any KeeperPort

    /// Nil: it is new, or has no key. Else its audit entry is durable.
    ///
    /// - Throws: `idempotency-mismatch`, or unavailability.
    func outcome(
        of idempotency: MutationCommand.Idempotency?, _ authorized: Authorized
    ) async throws(ServiceError) -> MutationOutcome? {
        guard let tags = try await tags(of: idempotency, authorized) else { return nil }
        return try await outcome(of: tags, authorized)
    }

    /// Nil: the request has no key.
    func tags(
        of idempotency: MutationCommand.Idempotency?, _ authorized: Authorized
    ) async throws(ServiceError) -> WireIdempotencyTags? {
        guard let idempotency else { return nil }
        var request = WireDeriveRequest()
        request.credential = authorized.request.credential
        var input = WireIdempotencyInput()
        input.key = idempotency.key.text
        input.requestDigest = idempotency.digest
        request.idempotencyInputs = [input]
        let derived = try await keeper.ask(.derive(request)) { result -> WireDeriveResponse? in
            if case .derive(let response) = result { response } else { nil }
        }
        guard let tags = derived.idempotency.first else { throw .unexpectedReply(.keeper) }
        return tags
    }

    func outcome(
        of tags: WireIdempotencyTags, _ authorized: Authorized
    ) async throws(ServiceError) -> MutationOutcome? {
        var request = WirePrepareRequest()
        request.credential = authorized.request.credential
        var item = WirePrepareItem()
        item.idempotency = tags
        request.items = [item]
        let prepared = try await ledger.ask(.prepare(request)) { result -> WirePrepareResponse? in
            if case .prepare(let response) = result { response } else { nil }
        }
        switch prepared.items.first?.result {
        case .clear: return nil
        case .fault(let fault): throw ServiceError(fault, from: .ledger)
        case .replay(let receipt):
            let outcome = try MutationBatch.outcome(receipt, replayed: true).get()
            try await record(outcome, tags, authorized)
            return outcome
        case .contact, nil: throw .unexpectedReply(.ledger)
        }
    }

    private func record(
        _ outcome: MutationOutcome, _ tags: WireIdempotencyTags, _ authorized: Authorized
    ) async throws(ServiceError) {
        var append = WireAppendRequest()
        append.credential = authorized.request.credential
        append.context = authorized.auditContext
        append.audit = Auditor.draft(
            authorized.request, action: authorized.action, purposes: authorized.purposes,
            outcome: .allowed, reason: "", subject: outcome.subject)
        var decided = WireDecidedMutation()
        decided.outcome = AuditMutation.replayed
        if let today = tags.days.first { decided.idempotency = today }
        append.audit.decided = [decided]
        _ = try await ledger.ask(.append(append)) { result -> WireAppendResponse? in
            if case .append(let response) = result { response } else { nil }
        }
    }
}
