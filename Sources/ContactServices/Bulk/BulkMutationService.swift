public import ContactModel
import ProcessBoundary

/// Mutations as a stream of lines, any number of them, in bounded memory.
///
/// ```
/// body ─ LineSplitter ─▶ LineQueue ─▶ GroupAssembler ─▶ up to 16 groups in flight ─▶ results, in line order
/// ```
/// A group is what is waiting, up to 64 lines or 512 KiB, and becomes one append with one audit entry. A line that is
/// refused gets its result and the stream goes on.
public struct BulkMutationService: Sendable {
    private let engine: MutationEngine
    private let auditor: Auditor
    private let groupLines: Int

    /// - Parameter enrichment: asked of vendors about every new contact.
    public init(
        ledger: any LedgerPort, keeper: any KeeperPort, enriching enrichment: EnrichmentDraft? = nil
    ) {
        self.init(
            ledger: ledger, keeper: keeper, groupLines: ServiceLimits.bulkGroupLines,
            enriching: enrichment)
    }

    init(
        ledger: any LedgerPort, keeper: any KeeperPort, groupLines: Int,
        enriching enrichment: EnrichmentDraft? = nil
    ) {
        engine = MutationEngine(
            ledger: ledger, keeper: keeper, overloadRetries: ServiceLimits.bulkOverloadRetries,
            enrichment: enrichment)
        auditor = Auditor(ledger: ledger)
        self.groupLines = groupLines
    }

    /// Runs `body` to its end, handing `write` the results of each group in line order.
    ///
    /// - Throws: what `body` or `write` throws, and `CancellationError`; groups in flight then still finish. When it
    ///   returns, every line's result was written.
    public func run<Body: AsyncSequence & Sendable>(
        _ authorized: Authorized, body: Body, parser: any BulkLineParser,
        write: ([BulkResult]) async throws -> Void
    ) async throws where Body.Element: Collection<UInt8> {
        let run = BulkRun(
            engine: engine, authorized: authorized, parser: parser, groupLines: groupLines)
        do {
            try await work(run, body, write)
        } catch {
            await recordBreak(run, authorized)
            throw error
        }
    }

    private func work<Body: AsyncSequence & Sendable>(
        _ run: BulkRun, _ body: Body, _ write: ([BulkResult]) async throws -> Void
    ) async throws where Body.Element: Collection<UInt8> {
        try await withTaskCancellationHandler {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                // Not on the caller's event loop: parsing and encoding thousands of lines would keep it from everybody.
                let pool = globalConcurrentExecutor
                tasks.addTask(executorPreference: pool) { try await run.read(body) }
                tasks.addTask(executorPreference: pool) { try await run.dispatch() }
                do {
                    for await group in run.started {
                        try await write(await group.task.value)
                        await run.slots.give(group.bytes)
                    }
                    try await tasks.waitForAll()
                    // A cancelled task's loop over the stream ends as if there were no more.
                    try Task.checkCancellation()
                } catch {
                    await run.close()
                    throw error
                }
            }
        } onCancel: {
            Task { await run.close() }
        }
    }

    /// A stream that broke before its first group is a request still: one audit entry. (What its groups did is in theirs.)
    private func recordBreak(_ run: BulkRun, _ authorized: Authorized) async {
        guard !run.hasStarted else { return }
        let error = ServiceError(.truncatedBody, "The body ended before its first line had come.")
        // On its own: the caller's task may be cancelled, and the entry is due all the same.
        _ = await Task { [auditor] in
            await auditor.refusal(
                error, of: authorized.request, action: authorized.action,
                purposes: authorized.purposes)
        }.value
    }
}
