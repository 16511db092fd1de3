import LedgerFormat
import Projections

// Behind the commit point: a group is signed and projected, then its callers are answered. It is durable, so this is tried
// until it works; what waits behind it is refused meanwhile, as nobody knows how long that takes.

extension Sequencer {
    /// - Returns: the group that was decided upon meanwhile.
    func finish(_ group: CommittedGroup) async -> GroupBuilder? {
        var next: GroupBuilder?
        while true {
            do {
                let entries =
                    group.isRecovered ? try await stage.completed(group.entries) : group.entries
                let note = try project(entries, upTo: group.size, &next)
                done(group, note)
                return next
            } catch {
                let refusal = Self.unavailable("\(error)", configuration.limits)
                refuse(&next, refusal)
                if let final = final(error) {
                    drop(group, final)
                    return nil
                }
                let problem = "The projections cannot be written now: \(error)"
                configuration.logger.error("\(problem)")
                let isClosing = shared.withLock { state in
                    state.projectingProblem = problem
                    return state.isClosing
                }
                // The next start projects what is durable.
                if isClosing {
                    drop(group, LedgerStoreError(.unavailable, problem))
                    return nil
                }
                shared.refuseWaiting(Self.unavailable(problem, configuration.limits))
                try? await Task.sleep(for: configuration.limits.retryInterval)
            }
        }
    }

    private func project(
        _ entries: [ProjectedEntry], upTo size: UInt64, _ next: inout GroupBuilder?
    ) throws -> SizedNote {
        var prepared: GroupBuilder?
        defer { next = prepared }
        if projections.size < size {
            try projections.apply(entries) { reader in
                prepared = prepare(nextGroup()) { build in try build(reader) }
                _ = try signatures.wait(for: size) { problem in
                    refuse(&prepared, Self.unavailable(problem, configuration.limits))
                }
            }
        }
        let note = try signatures.wait(for: size) { _ in }
        try configuration.faults.reach(.projected)
        return note
    }

    /// The error with which the ledger has stopped, if it has.
    private func final(_ error: any Error) -> LedgerStoreError? {
        if signatures.isStopped, let error = error as? LedgerStoreError { return error }
        let damaged = DamagedProjections(configuration: configuration, shared: shared)
        guard let damage = damaged.found(in: error) else { return nil }
        signatures.stop(damage)
        return damage
    }

    private func done(_ group: CommittedGroup, _ note: SizedNote) {
        signatures.drop(upTo: note.size)
        shared.withLock { state in
            state.latest = note
            state.isFinishing = false
            state.projectingProblem = nil
            state.lastCheckpointTime = group.entries.last?.header.time.text ?? ""
        }
        for reply in group.replies { reply.resume(treeSize: group.size) }
    }

    private func drop(_ group: CommittedGroup, _ error: LedgerStoreError) {
        group.fail(Self.unavailable(error.message, configuration.limits))
        shared.withLock { $0.isFinishing = false }
    }

    private func refuse(_ builder: inout GroupBuilder?, _ error: LedgerStoreError) {
        for reply in builder?.replies ?? [] { reply.fail(error) }
        builder = nil
    }
}
