import NIOConcurrencyHelpers
import NIOCore

/// The calls of one client that have not ended: waiting to be sent, or sent and waiting for their reply.
///
/// Lives behind a lock rather than on the event loop, so that a call costs its caller no hop: callers add, the loop
/// takes batches. Whoever removes a call from `calls` resumes it, exactly once, and outside the lock.
final class CallTable: Sendable {
    typealias Continuation = CheckedContinuation<Result<[UInt8], FrameError>, Never>

    enum Admission {
        /// `wake`: nobody has asked the event loop to come yet.
        case queued(wake: Bool)
        case refused(FrameError)
    }

    private struct Call {
        let continuation: Continuation
        let deadline: NIODeadline
        /// nil once sent.
        var body: [UInt8]?
    }

    private struct State {
        var calls: [UInt64: Call] = [:]
        /// Ids in the order of adding; an id whose call has ended stays until it is passed over.
        var queue = CircularBuffer<UInt64>()
        var queuedBytes = 0
        var lastID: UInt64 = 0
        var wakeRequested = false
        var closed = false

        mutating func remove(_ id: UInt64) -> Call? {
            guard let call = calls.removeValue(forKey: id) else { return nil }
            queuedBytes -= call.body?.count ?? 0
            return call
        }
    }

    private let state = NIOLockedValueBox(State())
    private let limits: FrameLimits

    init(_ limits: FrameLimits) { self.limits = limits }

    // MARK: callers

    /// Never reused, so that a late reply to a call that timed out matches nothing.
    func nextID() -> UInt64 {
        state.withLockedValue {
            $0.lastID &+= 1
            return $0.lastID
        }
    }

    func add(
        _ id: UInt64, _ body: [UInt8], _ deadline: NIODeadline, _ continuation: Continuation
    ) -> Admission {
        state.withLockedValue { state in
            if state.closed {
                return .refused(
                    FrameError(.unavailable, "this process is stopping", mayHaveRun: false))
            }
            // The queue counts by itself too: ids of cancelled calls wait in it.
            guard state.calls.count < limits.maxQueuedCalls,
                state.queue.count < limits.maxQueuedCalls,
                state.queuedBytes + body.count <= limits.maxQueuedBytes
            else {
                return .refused(
                    FrameError(
                        .overloaded,
                        "\(state.calls.count) calls are waiting already; try again later",
                        mayHaveRun: false))
            }
            state.calls[id] = Call(continuation: continuation, deadline: deadline, body: body)
            state.queue.append(id)
            state.queuedBytes += body.count
            let wake = !state.wakeRequested
            state.wakeRequested = true
            return .queued(wake: wake)
        }
    }

    func cancel(_ id: UInt64) {
        guard let call = state.withLockedValue({ $0.remove(id) }) else { return }
        fail([call], .cancelled, "the calling task was cancelled")
    }

    func close() {
        let calls = state.withLockedValue { state in
            state.closed = true
            let calls = Array(state.calls.values)
            state.calls.removeAll()
            state.queue.removeAll()
            state.queuedBytes = 0
            return calls
        }
        fail(calls, .unavailable, "this process is stopping")
    }

    // MARK: the event loop

    var count: Int { state.withLockedValue { $0.calls.count } }
    var isEmpty: Bool { count == 0 }
    var hasQueued: Bool { state.withLockedValue { !$0.queue.isEmpty } }

    /// From here on the next call added asks for the loop again.
    func acknowledgeWake() { state.withLockedValue { $0.wakeRequested = false } }

    /// The oldest unsent calls, one frame's worth at most; they count as sent from here on.
    func takeBatch() -> [FrameMessage] {
        state.withLockedValue { state in
            var batch: [FrameMessage] = []
            var bytes = 0
            while let id = state.queue.first, batch.count < limits.maxMessagesPerFrame {
                guard let body = state.calls[id]?.body else {
                    state.queue.removeFirst()
                    continue
                }
                let size = FrameCodec.encodedSize(bodyBytes: body.count)
                if bytes + size > limits.maxFrameBytes { break }
                state.queue.removeFirst()
                state.calls[id]?.body = nil
                state.queuedBytes -= body.count
                bytes += size
                batch.append(FrameMessage(id: id, body: body))
            }
            return batch
        }
    }

    /// Replies to calls that have ended meanwhile are dropped.
    func complete(_ replies: [FrameMessage]) {
        let ended = state.withLockedValue { state in
            replies.map { state.remove($0.id) }
        }
        for (call, reply) in zip(ended, replies) {
            call?.continuation.resume(returning: .success(reply.body))
        }
    }

    /// The connection broke: nobody will answer what was sent.
    func failSent(_ message: String) {
        fail(removeAll { $0.body == nil }, .unavailable, message)
    }

    /// There is no connection to be had.
    func failUnsent(_ message: String) {
        fail(removeAll { $0.body != nil }, .unavailable, message)
    }

    func expire(now: NIODeadline) {
        fail(removeAll { $0.deadline <= now }, .timedOut, "no reply in time")
    }

    private func removeAll(where matches: (Call) -> Bool) -> [Call] {
        state.withLockedValue { state in
            let ids = state.calls.filter { matches($0.value) }.map(\.key)
            return ids.compactMap { state.remove($0) }
        }
    }

    private func fail(_ calls: [Call], _ code: FrameError.Code, _ message: String) {
        for call in calls {
            let error = FrameError(code, message, mayHaveRun: call.body == nil)
            call.continuation.resume(returning: .failure(error))
        }
    }
}
