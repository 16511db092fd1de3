import LedgerFormat
import Projections

// Behind the commit point: a group is signed and projected, then its callers are answered. It is durable, so this is tried
// until it works; what waits behind it is refused meanwhile, as nobody knows how long that takes.

extension Sequencer {
    /// - Returns: the group that was committed meanwhile.
    func finish(_ group: CommittedGroup) async -> CommittedGroup? {
        guard !group.entries.isEmpty else {
            done(group)
            return nil
        }
        var next: CommittedGroup?
        while true {
            do {
                let entries =
                    group.isRecovered ? try await stage.completed(group.entries) : group.entries
                let note = try project(entries, upTo: group.size, &next)
                signatures.drop(upTo: note.size)
                shared.withLock { state in
                    state.latest = note
                    state.lastCheckpointTime = group.entries.last?.header.time.text ?? ""
                }
                done(group)
                return next
            } catch {
                if let final = final(error) {
                    drop([group, next], final)
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
                    drop([group, next], LedgerStoreError(.unavailable, problem))
                    return nil
                }
                shared.refuseWaiting(Self.unavailable(problem, configuration.limits))
                try? await Task.sleep(for: configuration.limits.retryInterval)
            }
        }
    }

    /// Writes the rows; while the keeper signs, decides upon what has come meanwhile and commits that, too.
    private func project(
        _ entries: [ProjectedEntry], upTo size: UInt64, _ next: inout CommittedGroup?
    ) throws -> SizedNote {
        if projections.size < size {
            var committed = next
            defer { next = committed }
            try projections.apply(entries) { reader in
                if committed == nil {
                    committed = prepare(nextGroup()) { build in try build(reader) }.flatMap(commit)
                }
                _ = try signatures.wait(for: size)
            }
        }
        let note = try signatures.wait(for: size)
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

    private func done(_ group: CommittedGroup) {
        shared.withLock { state in
            state.inFlight -= 1
            state.projectingProblem = nil
        }
        for reply in group.replies { reply.resume(treeSize: group.size) }
    }

    private func drop(_ groups: [CommittedGroup?], _ error: LedgerStoreError) {
        for case let group? in groups {
            group.fail(Self.unavailable(error.message, configuration.limits))
            shared.withLock { $0.inFlight -= 1 }
        }
    }
}
