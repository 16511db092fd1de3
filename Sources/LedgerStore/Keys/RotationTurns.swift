import Synchronization

/// Rotations of a ledger, one after the other, and the one task that completes what failed.
final class RotationTurns: Sendable {
    private struct State: Sendable {
        var tail: Task<Void, Never>?
        var trying: Task<Void, Never>?
        var isStopped = false
    }

    private let state = Mutex(State())

    func inTurn(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let task = state.withLock { state in
            let before = state.tail
            let task = Task {
                await before?.value
                try await body()
            }
            state.tail = Task { _ = await task.result }
            return task
        }
        try await task.value
    }

    /// Until it works or `stop`; nothing where something is tried already.
    ///
    /// - Parameter waiting: told of the first failure.
    func keepTrying(
        every interval: Duration, _ body: @escaping @Sendable () async throws -> Void,
        waiting: @escaping @Sendable (any Error) -> Void
    ) {
        state.withLock { state in
            guard state.trying == nil, !state.isStopped else { return }
            state.trying = Task {
                var isFirst = true
                while !Task.isCancelled {
                    do {
                        try await inTurn(body)
                        break
                    } catch {
                        if isFirst { waiting(error) }
                        isFirst = false
                        try? await Task.sleep(for: interval)
                    }
                }
                self.state.withLock { $0.trying = nil }
            }
        }
    }

    /// Returns when nothing is running any more; what is not done is the next start's.
    func stop() async {
        let (tail, trying) = state.withLock { state in
            state.isStopped = true
            return (state.tail, state.trying)
        }
        trying?.cancel()
        await trying?.value
        await tail?.value
    }
}
