import ContactModel

/// The moving parts of one bulk request.
final class BulkRun: Sendable {
    typealias GroupTask = Task<[BulkResult], Never>

    /// Groups in the order of their lines; ended when no more will start. At most as many wait as there are slots.
    let started: AsyncStream<GroupTask>
    let slots = GroupSlots(ServiceLimits.bulkGroupsInFlight)
    private let starting: AsyncStream<GroupTask>.Continuation
    private let queue = LineQueue()
    private let assembler: GroupAssembler
    private let processor: GroupProcessor
    private let groupLines: Int

    init(
        engine: MutationEngine, authorized: Authorized, parser: any BulkLineParser, groupLines: Int
    ) {
        (started, starting) = AsyncStream.makeStream()
        let refs = RefTable()
        assembler = GroupAssembler(parser: parser, refs: refs, purposes: authorized.purposes)
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
        var running: [Int: GroupTask] = [:]
        var next = 0
        while let lines = try await queue.next(
            maxLines: groupLines, maxBytes: ServiceLimits.bulkGroupBytes)
        {
            for group in await assembler.groups(of: lines, numberedFrom: next) {
                try await slots.take()
                next = group.number + 1
                let dependencies = group.dependencies.compactMap { running[$0] }
                let task = GroupTask { [processor] in
                    for dependency in dependencies { _ = await dependency.value }
                    return await processor.process(group)
                }
                running[group.number] = task
                // What left the slots has settled its refs.
                running[group.number - ServiceLimits.bulkGroupsInFlight] = nil
                starting.yield(task)
            }
        }
        if next == 0 {
            // A request without lines is a request still: one audit entry.
            try await slots.take()
            starting.yield(
                GroupTask { [processor, assembler] in
                    await processor.process(BulkGroup(number: 0, purposes: assembler.purposes))
                })
        }
    }

    func close() async {
        await queue.close()
        await slots.close()
        starting.finish()
    }
}
