import Synchronization

/// A readers-writer lock for tasks: many hold it shared, or one alone. In the order of arrival, so that whoever wants it
/// alone is not put off for ever.
final class ReadersWriterLock: Sendable {
    private enum Turn {
        case shared(CheckedContinuation<Void, Never>)
        case alone(CheckedContinuation<Void, Never>)
    }

    private struct State {
        var users = 0
        var isAlone = false
        var waiting: [Turn] = []

        mutating func enterShared() -> Bool {
            guard !isAlone, waiting.isEmpty else { return false }
            users += 1
            return true
        }

        mutating func enterAlone() -> Bool {
            guard !isAlone, users == 0, waiting.isEmpty else { return false }
            isAlone = true
            return true
        }
    }

    private let state = Mutex(State())

    func shared<Value, Failure: Error>(
        isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        if !state.withLock({ $0.enterShared() }) {
            await wait { state, continuation in
                if state.enterShared() { return true }
                state.waiting.append(.shared(continuation))
                return false
            }
        }
        defer { leave { $0.users -= 1 } }
        return try await body()
    }

    func alone<Value, Failure: Error>(
        isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        if !state.withLock({ $0.enterAlone() }) {
            await wait { state, continuation in
                if state.enterAlone() { return true }
                state.waiting.append(.alone(continuation))
                return false
            }
        }
        defer { leave { $0.isAlone = false } }
        return try await body()
    }

    /// - Parameter enter: whether it could be had after all; else it has queued the continuation.
    private func wait(
        isolation: isolated (any Actor)? = #isolation,
        _ enter: (inout State, CheckedContinuation<Void, Never>) -> Bool
    ) async {
        await withCheckedContinuation { continuation in
            if state.withLock({ enter(&$0, continuation) }) { continuation.resume() }
        }
    }

    private func leave(_ change: (inout State) -> Void) {
        let next = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            change(&state)
            var next: [CheckedContinuation<Void, Never>] = []
            while let turn = state.waiting.first {
                switch turn {
                case .shared(let continuation) where !state.isAlone:
                    state.users += 1
                    next.append(continuation)
                case .alone(let continuation) where !state.isAlone && state.users == 0:
                    state.isAlone = true
                    next.append(continuation)
                default: return next
                }
                state.waiting.removeFirst()
            }
            return next
        }
        for continuation in next { continuation.resume() }
    }
}
