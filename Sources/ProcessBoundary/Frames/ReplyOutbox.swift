import NIOConcurrencyHelpers
import NIOCore

/// Replies on their way from handler tasks, on any thread, to one connection's event loop.
final class ReplyOutbox: Sendable {
    private struct State {
        var replies: [FrameMessage] = []
        var wakeRequested = false
    }

    private let state = NIOLockedValueBox(State())

    /// - Returns: whether the loop has to be asked to come; it has been otherwise.
    func add(_ reply: FrameMessage) -> Bool {
        state.withLockedValue { state in
            state.replies.append(reply)
            defer { state.wakeRequested = true }
            return !state.wakeRequested
        }
    }

    func takeAll() -> [FrameMessage] {
        state.withLockedValue { state in
            state.wakeRequested = false
            let replies = state.replies
            state.replies = []
            return replies
        }
    }
}
