import ContactModel
import Foundation
import GRDB
import LedgerFormat
import ProcessBoundary
import Projections
import Synchronization

/// A ledger that is open: the one writer of a data directory.
///
/// ```
/// let ledger = try await Ledger.open(
///     configuration, signer: keeper, reindexer: keeper, forgetter: keeper)
/// let result = try await ledger.append(request)   // durable, signed, projected
/// await ledger.close()
/// ```
public final class Ledger: Sendable {
    public let configuration: LedgerConfiguration
    /// As the ledger was opened.
    public let identity: SignerIdentity

    let keys: KnownKeys
    let signer: any TreeSigner
    let rotations = Turns()

    let shared: SharedState
    let library: SegmentLibrary
    let projections: ProjectionStore
    /// Generations that ended.
    let past: [ReadableTree]
    let preparations: PreparationDesk
    let sequencer: Sequencer
    let sealer: Sealer
    let publisher: Publisher
    let sealRepairs = Turns()
    let scans: Slots
    let heads: HeadsShelf
    let forgetter: any Forgetter
    let erasures = Mutex(ErasureQueue())
    let anchoring = Mutex<Anchoring?>(nil)
    private let lock: DirectoryLock
    private let signing: Task<Void, Never>
    private let ticker = Mutex<Task<Void, Never>?>(nil)

    private init(
        configuration: LedgerConfiguration, lock: DirectoryLock, recovered: Recovery.Outcome,
        signer: any TreeSigner, forgetter: any Forgetter
    ) throws {
        self.configuration = configuration
        self.lock = lock
        self.forgetter = forgetter
        identity = recovered.identity
        keys = recovered.keys
        scans = Slots(most: configuration.limits.auditScans)
        heads = HeadsShelf(configuration)
        self.signer = signer
        library = recovered.library
        projections = recovered.projections
        past = recovered.past
        preparations = PreparationDesk(projections: projections, library: library)
        let shared = SharedState()
        shared.withLock { state in
            state.latest = recovered.latest
            state.published = recovered.published
            state.durableSize = recovered.tree.size
            state.activeSegment = recovered.writer.file.number
            state.segment = recovered.segment
            state.sealedSegments = UInt64(recovered.directory.sealed)
            state.lastCheckpointTime = recovered.tree.lastTime?.text ?? ""
        }
        self.shared = shared
        let (stream, groups) = AsyncStream.makeStream(of: CommittedGroup.self)
        let signatures = Signatures()
        sequencer = try Sequencer(
            configuration: configuration, shared: shared, recovered: recovered, groups: groups,
            signatures: signatures)
        sealer = Sealer(
            configuration: configuration, identity: identity, trust: { [keys] in keys.trust },
            signer: signer,
            library: library, projections: projections, shared: shared, heads: heads)
        publisher = Publisher(
            configuration: configuration, shared: shared, identity: identity, keys: keys,
            signer: signer, wake: { [sequencer] in sequencer.wake() })
        let signing = Signing(
            shared: shared, configuration: configuration, signatures: signatures,
            stage: recovered.stage)
        self.signing = Task(
            executorPreference: configuration.signingExecutor
                ?? QueueTaskExecutor(label: "chancery.ledger.sign")
        ) {
            var running = signing
            await running.run(stream)
        }
    }

    /// Opens a data directory, creating it at genesis, and recovers whatever a crash left.
    ///
    /// - Throws: `LedgerStoreError`: `damaged`, `equivocation` and `locked` need a person, `unavailable`
    ///   another try.
    public static func open(
        _ configuration: LedgerConfiguration, signer: any TreeSigner, reindexer: any Reindexer,
        forgetter: any Forgetter
    ) async throws(LedgerStoreError) -> Ledger {
        do {
            let lock = try DirectoryLock(configuration.directory)
            let recovery = Recovery(
                configuration: configuration, signer: signer, reindexer: reindexer)
            let recovered = try await recovery.run()
            let ledger = try Ledger(
                configuration: configuration, lock: lock, recovered: recovered, signer: signer,
                forgetter: forgetter)
            ledger.startTicking()
            do {
                if recovered.tree.size == 0 { try await ledger.writeGenesis() }
                try ledger.publishTrust()
                ledger.publisher.publishNow()
                ledger.finishSeals()
                ledger.finishRotations()
                try ledger.carryOutWhatWasOrdered()
                return ledger
            } catch {
                await ledger.close(sealing: false)
                throw error
            }
        } catch {
            throw LedgerStoreError(wrapping: error)
        }
    }

    // MARK: - Writing

    /// Appends, and returns when all of it is durable, covered by a signed checkpoint, and projected.
    ///
    /// - Throws: `LedgerStoreError.invalid`, `.overloaded`, `.unavailable`, `.clockBehind`. After
    ///   `unavailable` the append may have happened; an idempotency key tells.
    public func append(_ request: AppendRequest) async throws(LedgerStoreError) -> AppendResult {
        let append = try ValidatedAppend(request, limits: configuration.limits)
        return try await submit { .append(append, $0) }
    }

    func append(
        _ entries: [SystemEntry], audit: Work.AuditRequest? = nil
    ) async throws(LedgerStoreError) -> AppendResult {
        try await submit(isInternal: true) { .system(entries, audit: audit, $0) }
    }

    private func submit(
        isInternal: Bool = false, _ work: (AppendReply) -> Work
    ) async throws(LedgerStoreError) -> AppendResult {
        let result = await withCheckedContinuation { (reply: AppendReply) in
            if let refusal = enqueue(work(reply), isInternal: isInternal) {
                reply.resume(returning: .failure(refusal))
            }
        }
        return try result.get()
    }

    private func enqueue(_ work: Work, isInternal: Bool) -> LedgerStoreError? {
        let limits = configuration.limits
        let refusal = shared.withLock { state -> LedgerStoreError? in
            if let stopped = state.stopped {
                return Sequencer.unavailable(stopped.message, limits)
            }
            if state.isClosing, !isInternal {
                return Sequencer.unavailable("The ledger is stopping.", limits)
            }
            if let problem = state.commitProblem { return Sequencer.unavailable(problem, limits) }
            if let problem = state.secondStageProblem, state.inFlight > 0 {
                return Sequencer.unavailable(problem, limits)
            }
            guard
                isInternal
                    || (state.queue.count < limits.queuedAppends
                        && state.queue.bytes + work.bytes <= limits.queuedBytes)
            else {
                return LedgerStoreError(
                    .overloaded, "Too many appends are waiting; try again.",
                    retryAfterMilliseconds: limits.overloadedRetryMilliseconds)
            }
            state.queue.append(work)
            return nil
        }
        if refusal == nil { sequencer.wake() }
        return refusal
    }

    private func writeGenesis() async throws {
        let keys = try identity.keys.map { try SystemEntry.keyActivated($0) }
        let beginning = identity.recovered.map { [SystemEntry.ledgerRecovered($0)] } ?? []
        guard !keys.isEmpty else {
            throw LedgerStoreError(.damaged, "The keeper has no public keys; provision it first.")
        }
        // Whoever gives up opening must not wait for a keeper that went away meanwhile.
        _ = try await withTaskCancellationHandler {
            try await append(beginning + keys)
        } onCancel: {
            shared.withLock { $0.isClosing = true }
        }
    }

    // MARK: - Running

    private func startTicking() {
        let interval = configuration.limits.publishInterval
        let task = Task { [weak self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: interval)
                await self?.tick()
            }
        }
        ticker.withLock { $0 = task }
    }

    /// What is due by time: publishing, ending a segment, trying to write again, the ballast.
    func tick() async {
        let limits = configuration.limits
        let now = configuration.clock.now()
        let (isNeeded, isFull, hasFound) = shared.withLock { state in
            defer { state.hasFoundGroup = false }
            let isFull = !state.isClosing && state.segment.isFull(now: now, limits: limits)
            return (state.commitProblem != nil, isFull, state.hasFoundGroup)
        }
        publisher.publish()
        if hasFound { try? carryOutWhatWasOrdered() }
        if isNeeded { sequencer.wake() }
        if isFull, let rotated = try? await rotate() {
            configuration.logger.info("segment \(rotated.number) is full or old; sealing it")
            finishSeals()
        }
        if let free = configuration.freeBytes(configuration.directory) {
            configuration.ballast.restore(free: free, reserved: limits.reservedDiskBytes)
        }
    }

    /// Returns when everything queued so far is durable, signed and projected, or refused.
    func settle() async {
        await withCheckedContinuation { reply in
            shared.withLock { $0.queue.append(.control(.settle(reply))) }
            sequencer.wake()
        }
    }

    /// Returns when everything queued so far has been answered and no group will follow: none may be committed, nor found
    /// by a segment that is opened again, once nobody signs any more.
    private func endSequencing() async {
        await withCheckedContinuation { reply in
            shared.withLock { $0.queue.append(.control(.end(reply))) }
            sequencer.wake()
        }
    }

    /// Returns when this ledger has to be closed and opened again, because its projections must be made anew.
    public func untilReopeningNeeded() async {
        for await _ in shared.running {}
    }

    func rotate() async throws(LedgerStoreError) -> RotatedSegment? {
        let result = await withCheckedContinuation { reply in
            shared.withLock { $0.queue.append(.control(.rotate(reply))) }
            sequencer.wake()
        }
        return try result.get()
    }

    /// Takes no more appends, ends those in flight, seals if asked to and there is anything to seal, and lets
    /// go of the directory.
    public func close(sealing: Bool = true) async {
        shared.withLock { $0.isClosing = true }
        await settle()
        await rotations.stop()
        await sealRepairs.stop()
        await stopErasing()
        if sealing { _ = try? await sealActive(audit: nil) }
        await sealer.finish()
        await heads.settle()
        await endAnchoring()
        ticker.withLock { $0 }?.cancel()
        await endSequencing()
        await signing.value
        await sequencer.close()
        library.close()
        projections.close()
        lock.release()
    }
}

extension LedgerStoreError {
    /// Any error of a step, as one of ours.
    init(wrapping error: any Error) {
        switch error {
        case let error as LedgerStoreError: self = error
        case let error as ProjectionError:
            self.init(.unavailable, "Projections: \(error.message)")
        // Its description may quote what was written; its code cannot.
        case let error as DatabaseError:
            self.init(
                error.isDamage ? .damaged : .unavailable, "SQLite reports \(error.resultCode).")
        default: self.init(.unavailable, "\(error)")
        }
    }
}
