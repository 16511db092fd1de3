import Synchronization

/// Work that is done one after the other, in the order in which it was asked for; and the one task that tries again what failed,
/// until it is done.
final class Turns: Sendable {
    private struct State: Sendable {
        var tail: Task<Void, Never>?
        var trying: Task<Void, Never>?
        /// Asked for since the task last began.
        var isNeeded = false
        var isStopped = false
        var problem: String?
    }

    private let state = Mutex(State())

    func inTurn<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = state.withLock { state in
            let before = state.tail
            let task = Task {
                await before?.value
                return try await body()
            }
            state.tail = Task { _ = await task.result }
            return task
        }
        return try await task.value
    }

    /// Until it works or `stop`. Asked for while it is tried, it is done once more: something may have been left behind its back.
    ///
    /// - Parameter waiting: told of the first failure of each.
    func keepTrying(
        every interval: Duration, _ body: @escaping @Sendable () async throws -> Void,
        waiting: @escaping @Sendable (any Error) -> Void
    ) {
        state.withLock { state in
            state.isNeeded = true
            guard state.trying == nil, !state.isStopped else { return }
            state.trying = Task {
                while take() { await untilDone(every: interval, body, waiting) }
            }
        }
    }

    /// Why what is tried is not done; nil: nothing waits, or it was not tried yet.
    var problem: String? { state.withLock { $0.problem } }

    private func take() -> Bool {
        state.withLock { state in
            guard state.isNeeded, !state.isStopped else {
                state.trying = nil
                return false
            }
            state.isNeeded = false
            return true
        }
    }

    private func untilDone(
        every interval: Duration, _ body: @escaping @Sendable () async throws -> Void,
        _ waiting: (any Error) -> Void
    ) async {
        var isFirst = true
        while !Task.isCancelled {
            do {
                try await inTurn(body)
                return state.withLock { $0.problem = nil }
            } catch {
                if isFirst { waiting(error) }
                isFirst = false
                state.withLock { $0.problem = LedgerStoreError(wrapping: error).message }
                try? await Task.sleep(for: interval)
            }
        }
    }

    /// Returns when nothing that was asked for so far is running.
    func settle() async {
        let (tail, trying) = state.withLock { ($0.tail, $0.trying) }
        await trying?.value
        await tail?.value
    }

    /// As `settle`, and nothing is tried any more; what is not done is the next start's.
    func stop() async {
        let trying = state.withLock { state in
            state.isStopped = true
            return state.trying
        }
        trying?.cancel()
        await settle()
    }
}
