import ContactModel
import Synchronization

/// The moving parts of one bulk request.
final class BulkRun: Sendable {
    typealias GroupTask = Task<[BulkResult], Never>

    struct Started: Sendable {
        let task: GroupTask
        /// To be given back to the slots.
        let bytes: Int
    }

    /// Groups in the order of their lines; ended when no more will start. At most as many wait as there are slots.
    let started: AsyncStream<Started>
    let slots = GroupSlots(
        groups: ServiceLimits.bulkGroupsInFlight, bytes: ServiceLimits.bulkBytesInFlight)
    private let starting: AsyncStream<Started>.Continuation
    private let hasBegun = Mutex(false)
    private let queue = LineQueue()
    private let assembler: GroupAssembler
    private let processor: GroupProcessor
    private let groupLines: Int

    init(
        engine: MutationEngine, authorized: Authorized, parser: any BulkLineParser, groupLines: Int
    ) {
        (started, starting) = AsyncStream.makeStream()
        let refs = RefTable()
        assembler = GroupAssembler(parser: parser, refs: refs, authorized: authorized)
        processor = GroupProcessor(engine: engine, refs: refs, authorized: authorized)
        self.groupLines = groupLines
    }

    /// Body → queue.
    func read<Body: AsyncSequence & Sendable>(
        _ body: Body
    ) async throws where Body.Element: Collection<UInt8> {
        do {
            var splitter = LineSplitter()
            for try await chunk in body { try await queue.push(splitter.feed(chunk)) }
            if let last = splitter.finish() { try await queue.push([last]) }
            await queue.finish()
        } catch {
            await close()
            throw error
        }
    }

    /// Queue → groups in flight.
    func dispatch() async throws {
        defer { starting.finish() }
        var order = GroupOrder()
        var next = 0
        while let lines = try await queue.next(
            maxLines: groupLines, maxBytes: ServiceLimits.bulkGroupBytes)
        {
            for group in await assembler.groups(of: lines, numberedFrom: next) {
                try await slots.take(group.bytes)
                next = group.number + 1
                // What gave its slot back has ended.
                order.retire(through: group.number - ServiceLimits.bulkGroupsInFlight)
                let earlier = order.mustPrecede(group.footprint)
                let task = GroupTask { [processor] in
                    for task in earlier { _ = await task.value }
                    return await processor.process(group)
                }
                order.add(group.number, group.footprint, task)
                start(task, group.bytes)
            }
        }
        if next == 0 {
            // A request without lines is a request still: one audit entry.
            try await slots.take(0)
            start(
                GroupTask { [processor, assembler] in
                    await processor.process(
                        BulkGroup(number: 0, purposes: assembler.authorized.purposes))
                }, 0)
        }
    }

    /// Whether a group was started, and so an audit entry will come of it.
    var hasStarted: Bool { hasBegun.withLock { $0 } }

    private func start(_ task: GroupTask, _ bytes: Int) {
        hasBegun.withLock { $0 = true }
        starting.yield(Started(task: task, bytes: bytes))
    }

    func close() async {
        await queue.close()
        await slots.close()
        starting.finish()
    }
}
