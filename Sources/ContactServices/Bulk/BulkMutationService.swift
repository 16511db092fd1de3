import ContactModel
import ProcessBoundary

/// Mutations as a stream of lines, any number of them, in bounded memory.
///
/// ```
/// body ─ LineSplitter ─▶ LineQueue ─▶ GroupAssembler ─▶ up to 4 groups in flight ─▶ results, in line order
/// ```
/// A group is what is waiting, up to 64 lines or 512 KiB, and becomes one append with one audit entry. A line that is
/// refused gets its result and the stream goes on.
public struct BulkMutationService: Sendable {
    private let engine: MutationEngine
    private let groupLines: Int

    public init(ledger: any LedgerPort, keeper: any KeeperPort) {
        self.init(ledger: ledger, keeper: keeper, groupLines: ServiceLimits.bulkGroupLines)
    }

    init(ledger: any LedgerPort, keeper: any KeeperPort, groupLines: Int) {
        engine = MutationEngine(
            ledger: ledger, keeper: keeper, overloadRetries: ServiceLimits.bulkOverloadRetries)
        self.groupLines = groupLines
    }

    /// Runs `body` to its end, handing `write` the results of each group in line order.
    ///
    /// - Throws: what `body` or `write` throws; groups in flight then still finish.
    public func run<Body: AsyncSequence & Sendable>(
        _ authorized: Authorized, body: Body, parser: any BulkLineParser,
        write: ([BulkResult]) async throws -> Void
    ) async throws where Body.Element: Collection<UInt8> {
        let run = BulkRun(
            engine: engine, authorized: authorized, parser: parser, groupLines: groupLines)
        try await withTaskCancellationHandler {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await run.read(body) }
                tasks.addTask { try await run.dispatch() }
                do {
                    for await group in run.started {
                        try await write(await group.value)
                        await run.slots.give()
                    }
                    try await tasks.waitForAll()
                } catch {
                    await run.close()
                    throw error
                }
            }
        } onCancel: {
            Task { await run.close() }
        }
    }
}
