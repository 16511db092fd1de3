import Foundation
import LedgerFormat
import Projections

/// Projects committed groups and answers their callers.
///
/// ```
/// pipeline    sign group 1          │ sign group 2 …
/// projector   rows of group 1 … wait│commit · reply │ rows of group 2 …
/// ```
/// Rows are written while the keeper signs, in a transaction that commits only when the checkpoint is there: nobody
/// is told of an entry before it is signed. What has piled up meanwhile goes into one transaction. On a thread of
/// its own, as all of it blocks.
actor Projector {
    nonisolated let executor = QueueExecutor(label: "chancery.ledger.project")
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    private let configuration: LedgerConfiguration
    private let shared: SharedState
    private let sequencer: Sequencer
    private let stage: SecondStage
    private let queue: ProjectionQueue
    private let signatures: Signatures
    private var damaged: DamagedProjections {
        DamagedProjections(configuration: configuration, shared: shared)
    }

    init(
        configuration: LedgerConfiguration, shared: SharedState, sequencer: Sequencer,
        stage: SecondStage, queue: ProjectionQueue, signatures: Signatures
    ) {
        self.configuration = configuration
        self.shared = shared
        self.sequencer = sequencer
        self.stage = stage
        self.queue = queue
        self.signatures = signatures
    }

    /// Ends when the queue does.
    func run() async {
        for await _ in queue.bell {
            while case let groups = queue.take(atMost: configuration.limits.groupEntries),
                !groups.isEmpty
            {
                await finish(groups)
            }
        }
    }

    /// Tries until it works: the groups are durable, and only what was asked for is answered.
    private func finish(_ groups: [CommittedGroup]) async {
        guard let last = groups.last else { return }
        while true {
            do {
                let note = try await project(groups, size: last.size)
                shared.withLock { $0.projectingProblem = nil }
                return done(groups, note)
            } catch let error as LedgerStoreError where signatures.isStopped {
                return drop(groups, error)
            } catch {
                if let damage = damaged.found(in: error) {
                    signatures.stop(damage)
                    return drop(groups, damage)
                }
                let problem = "The projections cannot be written now: \(error)"
                configuration.logger.error("\(problem)")
                let isClosing = shared.withLock { state in
                    state.projectingProblem = problem
                    return state.isClosing
                }
                // The next start projects what is durable.
                if isClosing { return drop(groups, LedgerStoreError(.unavailable, problem)) }
                sequencer.wake()
                try? await Task.sleep(for: configuration.limits.retryInterval)
            }
        }
    }

    private func project(_ groups: [CommittedGroup], size: UInt64) async throws -> SizedNote {
        var entries = groups.flatMap(\.entries)
        if groups[0].isRecovered { entries = try await stage.completed(entries) }
        if stage.projections.size < size {
            try stage.projections.apply(entries) { _ = try signatures.wait(for: size) }
        }
        let note = try signatures.wait(for: size)
        try configuration.faults.reach(.projected)
        return note
    }

    private func done(_ groups: [CommittedGroup], _ note: SizedNote) {
        signatures.drop(upTo: note.size)
        shared.withLock { state in
            state.latest = note
            state.inFlight -= groups.count
            state.projected += groups.count
            state.lastCheckpointTime = groups.last?.entries.last?.header.time.text ?? ""
        }
        sequencer.wake()
        for group in groups {
            for reply in group.replies { reply.resume(treeSize: group.size) }
        }
    }

    private func drop(_ groups: [CommittedGroup], _ error: LedgerStoreError) {
        for group in groups {
            group.fail(Sequencer.unavailable(error.message, configuration.limits))
        }
        shared.withLock { $0.inFlight -= groups.count }
        sequencer.wake()
    }
}
