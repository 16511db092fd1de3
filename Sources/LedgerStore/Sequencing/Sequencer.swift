import Foundation
import LedgerFormat
import Projections

/// Gives entries their place, makes them durable and answers for them, a group at a time.
///
/// ```
/// callers ─▶ queue ─▶ decide · chain · one transaction ─┬▶ the keeper signs ─────────────────┬▶ rows committed · reply
///                                                       └▶ rows written · next group committed ┘
/// ```
/// One thread of its own does all of it: it owns the active segment, the tree's state and the writer of the projections,
/// whose rows it sees as it wrote them. While the keeper signs a group, its rows are written, in a transaction that
/// commits when the checkpoint is there, and the next group is decided upon and committed to the segment.
actor Sequencer {
    nonisolated let executor = QueueExecutor(label: "chancery.ledger.commit")
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    let configuration: LedgerConfiguration
    let identity: SignerIdentity
    let shared: SharedState
    let library: SegmentLibrary
    let stage: SecondStage
    let groups: AsyncStream<CommittedGroup>.Continuation
    let signatures: Signatures

    var writer: SegmentWriter
    var checkpointer: WALCheckpointer
    var tree: TreeState
    /// Whether the active segment holds anything worth a seal.
    var sealWorth: SealWorth
    var lastProbe: ContinuousClock.Instant?
    var bytesSinceCheckpoint: UInt64 = 0

    var projections: ProjectionStore { stage.projections }

    init(
        configuration: LedgerConfiguration, shared: SharedState, recovered: Recovery.Outcome,
        groups: AsyncStream<CommittedGroup>.Continuation, signatures: Signatures
    ) throws {
        self.configuration = configuration
        self.shared = shared
        self.groups = groups
        self.signatures = signatures
        identity = recovered.identity
        library = recovered.library
        stage = recovered.stage
        writer = recovered.writer
        tree = recovered.tree
        sealWorth = recovered.sealWorth
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

    private func run() async {
        while true {
            shared.withLock { $0.needsLook = false }
            while await step() {}
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
        case publish(SizedNote)
        case control(Work.Control)
        case refuse([Work], LedgerStoreError)
        case group([Work])
    }

    /// - Returns: whether there may be more to do.
    private func step() async -> Bool {
        switch shared.withLock({ next(&$0) }) {
        case .nothing: return false
        case .reopen: await reopen()
        case .publish(let note): try? storeNotes(publishing: note)
        case .control(let control): perform(control)
        case .refuse(let works, let error): for work in works { work.fail(error) }
        case .group(let works):
            var next = prepare(works) { build in try projections.decide(build) }.flatMap(commit)
            while let group = next { next = await finish(group) }
        }
        return true
    }

    private func next(_ state: inout SharedState.Value) -> Next {
        if case .control(let control) = state.queue.first, state.queue.first?.isEnd == true {
            _ = state.queue.removeFirst()
            return .control(control)
        }
        if let stopped = state.stopped {
            return refuse(state.queue.remove { !$0.isEnd }, stopped.message)
        }
        if let problem = state.commitProblem { return nextWithoutSegment(&state, problem) }
        if let note = state.publishing {
            state.publishing = nil
            return .publish(note)
        }
        guard let first = state.queue.first else { return .nothing }
        if case .control(let control) = first {
            _ = state.queue.removeFirst()
            return .control(control)
        }
        return .group(Self.takeGroup(&state.queue, configuration.limits))
    }

    /// What may follow a group without looking at anything else: nothing when something else is due first.
    func nextGroup() -> [Work] {
        shared.withLock { state in
            guard state.stopped == nil, state.commitProblem == nil, state.publishing == nil else {
                return []
            }
            return Self.takeGroup(&state.queue, configuration.limits)
        }
    }

    /// After a failed commit. Nobody waits for the segment to come back, which may take until a person has looked at
    /// the disk.
    private func nextWithoutSegment(_ state: inout SharedState.Value, _ problem: String) -> Next {
        let appends = state.queue.remove { !$0.isControl }
        guard appends.isEmpty else { return refuse(appends, problem) }
        if isProbeDue { return .reopen }
        return refuse(state.queue.remove { !$0.isEnd }, problem)
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
