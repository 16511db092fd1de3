import LedgerFormat

/// Has committed groups signed, one after the other.
struct Signing: Sendable {
    let shared: SharedState
    let configuration: LedgerConfiguration
    let signatures: Signatures
    var stage: SecondStage

    /// Ends when `groups` does.
    mutating func run(_ groups: AsyncStream<CommittedGroup>) async {
        for await group in groups where !signatures.isStopped {
            do throws(LedgerStoreError) {
                let note = try await sign(group)
                shared.withLock { state in
                    state.signingProblem = nil
                    state.notes.append(note)
                }
                signatures.add(note)
            } catch {
                configuration.logger.critical("stopped: \(error.message)")
                shared.stop(error)
                signatures.stop(error)
            }
        }
    }

    /// Tries until it works: the group is durable.
    private mutating func sign(_ group: CommittedGroup) async throws(LedgerStoreError) -> SizedNote
    {
        while true {
            do {
                return try await stage.sign(group)
            } catch let error as LedgerStoreError where error.code == .equivocation {
                throw error
            } catch {
                let problem = "The keeper cannot sign now: \(error)"
                let isClosing = shared.withLock { state in
                    state.signingProblem = problem
                    return state.isClosing
                }
                // The next start signs what is durable.
                if isClosing { throw LedgerStoreError(.unavailable, problem) }
                shared.refuseWaiting(Sequencer.unavailable(problem, configuration.limits))
                try? await Task.sleep(for: configuration.limits.retryInterval)
            }
        }
    }
}
