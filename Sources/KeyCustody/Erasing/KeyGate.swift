import Synchronization

/// Lets many use the keys, or one replace them: whoever works with the root or a bucket key holds it shared, an erasure
/// holds it alone. In the order of arrival, so that an erasure is not put off for ever.
final class KeyGate: Sendable {
    private enum Turn {
        case shared(CheckedContinuation<Void, Never>)
        case alone(CheckedContinuation<Void, Never>)
    }

    private struct State {
        var users = 0
        var isReplacing = false
        var waiting: [Turn] = []
    }

    private let state = Mutex(State())

    func shared<Value, Failure: Error>(
        isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        await withCheckedContinuation { continuation in
            let enters = state.withLock { state in
                guard state.isReplacing || !state.waiting.isEmpty else {
                    state.users += 1
                    return true
                }
                state.waiting.append(.shared(continuation))
                return false
            }
            if enters { continuation.resume() }
        }
        defer { leave { $0.users -= 1 } }
        return try await body()
    }

    func alone<Value, Failure: Error>(
        isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        await withCheckedContinuation { continuation in
            let enters = state.withLock { state in
                guard state.isReplacing || state.users > 0 || !state.waiting.isEmpty else {
                    state.isReplacing = true
                    return true
                }
                state.waiting.append(.alone(continuation))
                return false
            }
            if enters { continuation.resume() }
        }
        defer { leave { $0.isReplacing = false } }
        return try await body()
    }

    private func leave(_ change: (inout State) -> Void) {
        let next = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            change(&state)
            var next: [CheckedContinuation<Void, Never>] = []
            while let turn = state.waiting.first {
                switch turn {
                case .shared(let continuation) where !state.isReplacing:
                    state.users += 1
                    next.append(continuation)
                case .alone(let continuation) where !state.isReplacing && state.users == 0:
                    state.isReplacing = true
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
