import LedgerFormat

/// Takes committed groups through the second stage, one after the other, and answers their callers.
struct Pipeline: Sendable {
    let shared: SharedState
    let sequencer: Sequencer
    let configuration: LedgerConfiguration
    var stage: SecondStage

    /// Ends when `groups` does.
    mutating func run(_ groups: AsyncStream<CommittedGroup>) async {
        for await group in groups {
            if let stopped = shared.withLock({ $0.stopped }) {
                drop(group, stopped)
                continue
            }
            do throws(LedgerStoreError) {
                let note = try await finish(group)
                done(group, note)
            } catch {
                configuration.logger.critical("stopped: \(error.message)")
                shared.withLock { $0.stopped = $0.stopped ?? error }
                drop(group, error)
            }
        }
    }

    /// Tries until it works: the group is durable, and only what was asked for is answered.
    private mutating func finish(_ group: CommittedGroup) async throws(LedgerStoreError)
        -> SizedNote
    {
        var note: SizedNote?
        while true {
            do {
                let signed: SizedNote
                if let note {
                    signed = note
                } else {
                    signed = try await stage.sign(group)
                    note = signed
                }
                try await stage.project(group)
                shared.withLock { $0.secondStageProblem = nil }
                return signed
            } catch let error as LedgerStoreError where error.code == .equivocation {
                throw error
            } catch {
                let problem =
                    note == nil
                    ? "The keeper cannot sign now: \(error)"
                    : "The projections cannot be written now: \(error)"
                let isClosing = shared.withLock { state in
                    state.secondStageProblem = problem
                    return state.isClosing
                }
                // The next start signs and projects what is durable.
                if isClosing { throw LedgerStoreError(.unavailable, problem) }
                sequencer.wake()
                try? await Task.sleep(for: configuration.limits.retryInterval)
            }
        }
    }

    private func done(_ group: CommittedGroup, _ note: SizedNote) {
        shared.withLock { state in
            state.notes.append(note)
            state.latest = note
            state.inFlight -= 1
            state.projected += 1
            state.lastCheckpointTime = group.entries.last?.header.time.text ?? ""
        }
        for reply in group.replies { reply.resume(treeSize: group.size) }
        sequencer.wake()
    }

    private func drop(_ group: CommittedGroup, _ error: LedgerStoreError) {
        group.fail(Sequencer.unavailable(error.message, configuration.limits))
        shared.withLock { $0.inFlight -= 1 }
        sequencer.wake()
    }
}
