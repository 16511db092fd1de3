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

<<<<<<< HEAD
    // MARK: - A group

    private func commit(_ works: [Work]) {
        let works = writable(works)
        guard !works.isEmpty else { return }
        let time = max(configuration.clock.now(), tree.lastTime ?? .earliest)
        let builder: GroupBuilder
        do {
            builder = try build(
                works, time: Self.corrects(works) ? configuration.clock.now() : time)
        } catch {
            // Nothing has been written or remembered.
            let refusal = Self.unavailable(
                "The group could not be prepared: \(error)", configuration.limits)
            for work in works { work.fail(refusal) }
            return
        }
        let notes = shared.withLock { $0.notes }
        do {
            try configuration.faults.reach(.beforeCommit)
            // ── The commit point: from here on the entries exist. ──
            try writer.commit(builder.entries, boundary: builder.tree.size, notes: notes)
            try configuration.faults.reach(.committed)
        } catch {
            commitFailed(error)
            let refusal = Self.unavailable("The commit failed: \(error)", configuration.limits)
            for reply in builder.replies { reply.fail(refusal.afterCommit) }
            return
        }
        admit(
            CommittedGroup(
                fromSize: tree.size, size: builder.tree.size, root: builder.tree.frontier.root,
                entries: builder.entries.map(\.projected), replies: builder.replies,
                isRecovered: false),
            tree: builder.tree, layer: builder.layer, storedNotes: notes.count)
        checkpointWAL(builder.entries)
    }

    /// What follows a commit, whether this process saw it happen or found it on disk.
    private func admit(
        _ group: CommittedGroup, tree: TreeState, layer: OverlayLayer, storedNotes: Int
    ) {
        self.tree = tree
        overlay.push(layer)
        for entry in group.entries { sealWorth.add(entry.header) }
        shared.withLock { state in
            state.inFlight += 1
            state.notes.removeFirst(min(storedNotes, state.notes.count))
            state.durableSize = group.size
        }
        groups.yield(group)
    }

    private func build(_ works: [Work], time: LedgerTime) throws -> GroupBuilder {
        try projections.read { reader in
            var builder = GroupBuilder(
                tree: tree, generation: identity.generation, time: time, overlay: overlay,
                projections: reader, library: library)
            for work in works {
                switch work {
                case .append(let append, let reply): try builder.add(append, reply: reply)
                case .system(let entries, let audit, let reply):
                    try builder.add(
                        entries, audit: audit.map { ($0.actor, $0.draft) }, reply: reply)
                case .control: break
                }
            }
            return builder
        }
    }

    /// Refuses what must not be written now: on a full disk everything, under a wrong clock everything but
    /// its correction, which then is a group of its own.
    private func writable(_ works: [Work]) -> [Work] {
        let limits = configuration.limits
        if let free = configuration.freeBytes(configuration.directory),
            free < limits.reservedDiskBytes
        {
            let error = Self.unavailable(
                "The disk has \(free >> 20) MiB left, less than the \(limits.reservedDiskBytes >> 20) MiB "
                    + "kept in reserve. Free some space.", limits)
            for work in works { work.fail(error) }
            return []
        }
        let now = configuration.clock.now().microsecondsSince1970
        guard let last = tree.lastTime,
            last.microsecondsSince1970 - now > limits.clockToleranceMicroseconds
        else { return works }
        let error = LedgerStoreError(
            .clockBehind,
            "The clock is behind the last entry (\(last.text)). Set it right, or have an operator record "
                + "that it is right.", retryAfterMilliseconds: limits.unavailableRetryMilliseconds)
        var correction: [Work] = []
        for work in works {
            if correction.isEmpty, Self.corrects([work]) {
                correction = [work]
            } else {
                work.fail(error)
            }
        }
        return correction
    }

    private static func corrects(_ works: [Work]) -> Bool {
        guard works.count == 1, case .append(let append, _) = works[0] else { return false }
        return append.correctsClock
    }

    private func checkpointWAL(_ entries: [StagedEntry]) {
        for entry in entries {
            bytesSinceCheckpoint += UInt64(entry.payload.count + entry.headerBytes.count)
        }
        guard bytesSinceCheckpoint > configuration.limits.checkpointBytes else { return }
        bytesSinceCheckpoint = 0
        if DurableFile.size(writer.file.path + "-wal") > configuration.limits.largestWALBytes {
            // Its failure is the next commit's to find.
            try? writer.checkpoint()
        } else {
            checkpointer.start()
        }
    }

    // MARK: - Failed commits

    private var isProbeDue: Bool {
        guard let lastProbe else { return true }
        return lastProbe.duration(to: .now) >= configuration.limits.probeInterval
    }

    /// The transaction may or may not be on disk: nobody who saw a failed fsync knows. Nothing more is
    /// written on this connection.
    func commitFailed(_ error: any Error) {
        lastProbe = .now
        configuration.logger.error(
            "commit failed, read-only until the segment is reopened: \(error)")
        shared.withLock { $0.commitProblem = "The last commit failed: \(error)" }
    }

    /// Starts over from what the file says, as after a crash.
    private func reopen() {
        lastProbe = .now
        do {
            checkpointer.close()
            try? writer.close()
            let file = writer.file
            writer = try SegmentWriter(file, afterFailure: true)
            checkpointer = try WALCheckpointer(file)
            let found = try Recovery.tail(
                of: writer, after: tree, generation: identity.generation)
            mustSettle = true
            shared.withLock { $0.commitProblem = nil }
            if let found {
                admit(found.group, tree: found.tree, layer: OverlayLayer(), storedNotes: 0)
                try dropStoredNotes()
            }
            configuration.logger.notice("segment reopened, writing again")
        } catch {
            configuration.logger.error("reopening the segment failed: \(error)")
            shared.withLock { $0.commitProblem = "The segment cannot be reopened: \(error)" }
        }
    }

    /// The failed transaction's notes may be stored after all.
    private func dropStoredNotes() throws {
        let unsigned = Set(try writer.read { db in try SegmentContents.unsignedBoundaries(db) })
        shared.withLock { state in state.notes.removeAll { !unsigned.contains($0.size) } }
    }

    // MARK: - Publishing

    /// Persists the newest checkpoint before it is served, with whatever notes wait for a transaction.
    func publish() {
        let (notes, latest, published) = shared.withLock { ($0.notes, $0.latest, $0.published) }
        guard let latest, latest.size > published?.size ?? 0,
            latest.size > writer.identity.firstIndex
        else { return }
        do {
            try writer.commit([], boundary: nil, notes: notes, published: latest)
        } catch {
            return commitFailed(error)
        }
        shared.withLock { state in
            state.notes.removeFirst(min(notes.count, state.notes.count))
            state.published = latest
        }
    }

=======
>>>>>>> bdc27ebb59ec70157fb35884a71766ba72053331
    static func unavailable(_ message: String, _ limits: StoreLimits) -> LedgerStoreError {
        LedgerStoreError(
            .unavailable, message, retryAfterMilliseconds: limits.unavailableRetryMilliseconds)
    }
}
