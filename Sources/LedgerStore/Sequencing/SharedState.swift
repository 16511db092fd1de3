import Synchronization

/// What callers, committer and second stage share, under one lock that is never held across I/O.
final class SharedState: Sendable {
    struct Value: Sendable {
        var queue = WorkQueue()
        /// The committer is running, or about to.
        var isScheduled = false
        /// Something happened since it last looked.
        var needsLook = false
        /// Groups between their commit and their callers' answers, at most two.
        var inFlight = 0
        /// Group checkpoints that the next transaction stores.
        var notes: [SizedNote] = []
        /// Of the tree that is signed and projected.
        var latest: SizedNote?
        var published: SizedNote?
        /// To be published as it stands.
        var publishing: SizedNote?
        var isClosing = false
        /// A group was found on the disk that nobody waits for any more.
        var hasFoundGroup = false
        /// Why signing does not get on; nil: it does.
        var signingProblem: String?
        /// Why projecting does not get on; nil: it does.
        var projectingProblem: String?
        var secondStageProblem: String? { signingProblem ?? projectingProblem }
        /// Why nothing can be committed; nil: it can.
        var commitProblem: String?
        /// Set once, when going on would do harm.
        var stopped: LedgerStoreError?
        var durableSize: UInt64 = 0
        var activeSegment: UInt64 = 0
        var segment = SegmentFill()
        var sealedSegments: UInt64 = 0
        var lastCheckpointTime: String = ""
    }

    private let value = Mutex(Value())
    /// Ends when the ledger has to be opened again.
    let running: AsyncStream<Never>
    private let end: AsyncStream<Never>.Continuation

    init() {
        (running, end) = AsyncStream.makeStream()
    }

    func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        value.withLock { value in body(&value) }
    }

    /// Appends and rotations wait for something that does not get on: they are told so.
    func refuseWaiting(_ error: LedgerStoreError) {
        let works = withLock { $0.queue.remove { !$0.isSettle && !$0.isEnd } }
        for work in works { work.fail(error) }
    }

    /// From here on nothing is written any more.
    ///
    /// - Parameter beforehand: what must be done before anybody opens the ledger again. Once, however often it stops.
    func stop(_ error: LedgerStoreError, beforehand: () -> Void = {}) {
        let isFirst = withLock { state in
            defer { state.stopped = state.stopped ?? error }
            return state.stopped == nil
        }
        guard isFirst, error.code == .rebuildNeeded else { return }
        beforehand()
        end.finish()
    }
}
