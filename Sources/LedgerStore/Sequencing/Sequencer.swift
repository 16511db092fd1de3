import Foundation
import LedgerFormat
import Projections

/// Gives entries their place and makes them durable, a group at a time.
///
/// ```
/// callers ─▶ queue ─▶ committer: decide · chain · one transaction ─┬▶ pipeline: sign ─┐
///                                                                   └▶ projector: rows ┴▶ commit · reply
/// ```
/// The committer runs on a thread of its own; while a group is being signed the next ones commit, up to
/// `StoreLimits.pipelineGroups`. It owns the active segment, the tree's state and the overlay.
actor Sequencer {
    nonisolated let executor = QueueExecutor(label: "chancery.ledger.commit")
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    let configuration: LedgerConfiguration
    let identity: SignerIdentity
    let shared: SharedState
    let library: SegmentLibrary
    let projections: ProjectionStore
    let groups: AsyncStream<CommittedGroup>.Continuation
    let projecting: ProjectionQueue

    var writer: SegmentWriter
    var checkpointer: WALCheckpointer
    var tree: TreeState
    var overlay = Overlay()
    /// Whether the active segment holds anything worth a seal.
    var sealWorth: SealWorth
    /// After a failed commit: nothing is decided until everything durable is projected.
    var mustSettle = false
    var lastProbe: ContinuousClock.Instant?
    var bytesSinceCheckpoint: UInt64 = 0

    init(
        configuration: LedgerConfiguration, identity: SignerIdentity, shared: SharedState,
        library: SegmentLibrary, projections: ProjectionStore, writer: SegmentWriter,
        tree: TreeState, sealWorth: SealWorth, groups: AsyncStream<CommittedGroup>.Continuation,
        projecting: ProjectionQueue
    ) throws {
        self.configuration = configuration
        self.identity = identity
        self.shared = shared
        self.library = library
        self.projections = projections
        self.writer = writer
        self.tree = tree
        self.sealWorth = sealWorth
        self.groups = groups
        self.projecting = projecting
        checkpointer = try WALCheckpointer(path: writer.file.path)
    }

    // MARK: - Running

    /// Has the committer look at the queue. Called whenever something it waits for may have happened.
    nonisolated func wake() {
        let mustStart = shared.withLock { state in
            state.needsLook = true
            guard !state.isScheduled else { return false }
            state.isScheduled = true
            return true
        }
        if mustStart { Task { await run() } }
    }

    private func run() {
        while true {
            shared.withLock { $0.needsLook = false }
            while step() {}
            let isIdle = shared.withLock { state in
                if !state.needsLook { state.isScheduled = false }
                return !state.needsLook
            }
            if isIdle { return }
        }
    }

    private enum Next {
        case nothing
        case reopen
        case publish
        case control(Work.Control)
        case refuse([Work], LedgerStoreError)
        case group([Work])
    }

    /// - Returns: whether there may be more to do.
    private func step() -> Bool {
        let found = shared.withLock { state in
            overlay.dropOldest(state.projected)
            state.projected = 0
            return next(&state)
        }
        switch found {
        case .nothing: return false
        case .reopen: reopen()
        case .publish: try? storeNotes()
        case .control(let control): perform(control)
        case .refuse(let works, let error): for work in works { work.fail(error) }
        case .group(let works): commit(works)
        }
        return true
    }

    private func next(_ state: inout SharedState.Value) -> Next {
        if let stopped = state.stopped { return refuse(state.queue.removeAll(), stopped.message) }
        if let problem = state.commitProblem { return nextWithoutSegment(&state, problem) }
        if mustSettle {
            guard state.inFlight == 0 else { return nextWhileWaiting(&state) }
            mustSettle = false
        }
        if state.isPublishDue {
            state.isPublishDue = false
            return .publish
        }
        guard let first = state.queue.first else { return .nothing }
        if case .control(let control) = first {
            guard state.inFlight == 0 else { return nextWhileWaiting(&state) }
            _ = state.queue.removeFirst()
            return .control(control)
        }
        guard state.inFlight < configuration.limits.pipelineGroups else {
            return nextWhileWaiting(&state)
        }
        return .group(Self.takeGroup(&state.queue, configuration.limits))
    }

    /// After a failed commit. Earlier groups end first: they are durable, whatever became of the last. Nobody
    /// waits for the segment to come back, which may take until a person has looked at the disk.
    private func nextWithoutSegment(_ state: inout SharedState.Value, _ problem: String) -> Next {
        let appends = state.queue.remove { !$0.isControl }
        guard appends.isEmpty else { return refuse(appends, problem) }
        guard state.inFlight == 0 else { return .nothing }
        if isProbeDue { return .reopen }
        return refuse(state.queue.removeAll(), problem)
    }

    /// Something waits for the second stage. While that cannot get on, only `settle` goes on waiting.
    private func nextWhileWaiting(_ state: inout SharedState.Value) -> Next {
        guard let problem = state.secondStageProblem else { return .nothing }
        return refuse(state.queue.remove { !$0.isSettle }, problem)
    }

    private func refuse(_ works: [Work], _ problem: String) -> Next {
        works.isEmpty ? .nothing : .refuse(works, Self.unavailable(problem, configuration.limits))
    }

    private static func takeGroup(_ queue: inout WorkQueue, _ limits: StoreLimits) -> [Work] {
        var works: [Work] = []
        var entries = 0
        var bytes = 0
        while let work = queue.first {
            if case .control = work { break }
            entries += work.entryCount
            bytes += work.bytes
            // An append within its own limits always fits an empty group.
            guard works.isEmpty || (entries <= limits.groupEntries && bytes <= limits.groupBytes)
            else { break }
            _ = queue.removeFirst()
            works.append(work)
        }
        return works
    }

    static func unavailable(_ message: String, _ limits: StoreLimits) -> LedgerStoreError {
        LedgerStoreError(
            .unavailable, message, retryAfterMilliseconds: limits.unavailableRetryMilliseconds)
    }
}
