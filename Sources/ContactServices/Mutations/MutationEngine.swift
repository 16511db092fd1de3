import ContactModel
import Foundation
import ProcessBoundary

/// The write path, for one mutation or a group of them:
/// ```
/// keeper Derive → ledger Prepare → decide → keeper Encrypt → ledger Append
/// ```
/// Nothing draws a key before Prepare found that the mutation may go ahead, and whatever happens one Append
/// carries the audit entry.
struct MutationEngine: Sendable {
    let ledger: any LedgerPort
    let keeper: any KeeperPort
    /// How often an overloaded daemon is asked again before the caller is told.
    var overloadRetries = 0
    /// Asked of vendors about every new contact; nil: nothing.
    var enrichment: EnrichmentDraft?

    /// Decides and records `commands`, in order.
    ///
    /// - Parameter refused: what never became a command (malformed lines), by position among all that was asked for; the
    ///   commands stand in the places between. The audit entry tells of them.
    /// - Returns: one result per command. Nothing is told unless the audit entry is durable: when it is not, every result is
    ///   the failure in `Report.unaudited`.
    func run(
        _ commands: [MutationCommand], by authorized: Authorized,
        refused: [Int: ServiceError.Code] = [:]
    ) async -> Report {
        var batch = MutationBatch(commands)
        do throws(ServiceError) {
            try await derive(&batch, authorized)
            try await prepare(&batch, authorized)
            try await requireCover(&batch, authorized)
            try await encrypt(&batch, authorized)
        } catch {
            batch.failPending(error)
        }
        do throws(ServiceError) {
            try await append(&batch, authorized, refused)
            return Report(results: batch.results(), unaudited: nil)
        } catch {
            return Report(results: batch.slots.map { _ in .failure(error) }, unaudited: error)
        }
    }

    struct Report: Sendable {
        let results: [Result<MutationOutcome, ServiceError>]
        /// Why the append did not come about.
        let unaudited: ServiceError?
    }

    private func derive(
        _ batch: inout MutationBatch, _ authorized: Authorized
    ) async throws(ServiceError) {
        guard var request = batch.deriveRequest() else { return }
        request.credential = authorized.request.credential
        let response = try await patiently { () throws(ServiceError) in
            try await keeper.ask(.derive(request)) { result -> WireDeriveResponse? in
                if case .derive(let response) = result { response } else { nil }
            }
        }
        try batch.derived(response)
    }

    private func prepare(
        _ batch: inout MutationBatch, _ authorized: Authorized
    ) async throws(ServiceError) {
        guard var request = batch.prepareRequest() else { return }
        request.credential = authorized.request.credential
        let response = try await patiently { () throws(ServiceError) in
            try await ledger.ask(.prepare(request)) { result -> WirePrepareResponse? in
                if case .prepare(let response) = result { response } else { nil }
            }
        }
        try batch.prepared(response)
    }

    /// Behind Prepare, so that whoever repeats a request finds what it did even where consent was withdrawn since.
    private func requireCover(
        _ batch: inout MutationBatch, _ authorized: Authorized
    ) async throws(ServiceError) {
        for position in batch.slots.indices where batch.slots[position].command.needsCover {
            guard case .planned(let plan) = batch.slots[position].state else { continue }
            let row = try await patiently { () throws(ServiceError) in
                try await ledger.contact(plan.contactID, authorized)
            }
            do throws(ServiceError) {
                try PurposeGuard.check(authorized.purposes, of: row)
            } catch {
                batch.finish(position, .failure(error))
            }
        }
    }

    private func encrypt(
        _ batch: inout MutationBatch, _ authorized: Authorized
    ) async throws(ServiceError) {
        var request = WireEncryptRequest()
        request.items = batch.draftEntries(
            at: .now(),
            enriching: enrichment.map {
                FirstEnrichment(draft: $0, writer: authorized.request.principal.clearance)
            })
        guard !request.items.isEmpty else { return try batch.encrypted(WireEncryptResponse()) }
        request.credential = authorized.request.credential
        let response = try await patiently { () throws(ServiceError) in
            try await keeper.ask(.encrypt(request)) { result -> WireEncryptResponse? in
                if case .encrypt(let response) = result { response } else { nil }
            }
        }
        try batch.encrypted(response)
    }

    private func append(
        _ batch: inout MutationBatch, _ authorized: Authorized, _ refused: [Int: ServiceError.Code]
    ) async throws(ServiceError) {
        var request = WireAppendRequest()
        request.credential = authorized.request.credential
        request.mutations = batch.mutations()
        request.audit = batch.audit(authorized, refused)
        request.context = authorized.auditContext
        let response = try await patiently { () throws(ServiceError) in
            try await sendAppend(request)
        }
        try batch.appended(response)
    }

    /// An audit entry too many does no harm: its lost reply is plain unavailability.
    private func sendAppend(
        _ append: WireAppendRequest
    ) async throws(ServiceError) -> WireAppendResponse {
        func pick(_ result: WireLedgerResponse.OneOf_Result) -> WireAppendResponse? {
            if case .append(let response) = result { response } else { nil }
        }
        return append.mutations.isEmpty
            ? try await ledger.ask(.append(append), pick)
            : try await ledger.record(.append(append), pick)
    }

    /// Overloaded means not begun, so asking again is safe; the pause doubles.
    private func patiently<Response>(
        _ call: () async throws(ServiceError) -> Response
    ) async throws(ServiceError) -> Response {
        var pause = ServiceLimits.bulkOverloadPause
        for _ in 0..<overloadRetries {
            do throws(ServiceError) {
                return try await call()
            } catch {
                guard error.code == .overloaded else { throw error }
            }
            guard (try? await Task.sleep(for: pause)) != nil else { break }
            pause = min(pause * 2, ServiceLimits.bulkOverloadPauseMax)
        }
        return try await call()
    }
}
