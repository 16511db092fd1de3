/// Lines read ahead of the groups in flight: one producer, one consumer, bounded in bytes.
///
/// The consumer takes whatever is there, so a client that waits for results before it sends more never stalls, and one
/// that sends fast gets full groups.
actor LineQueue {
    private var lines: [BulkLine] = []
    private var bytes = 0
    private var isFinished = false
    private var isClosed = false
    private var producer: CheckedContinuation<Void, Never>?
    private var consumer: CheckedContinuation<Void, Never>?
    private let limit: Int

    init(limit: Int = ServiceLimits.bulkReadAheadBytes) {
        self.limit = limit
    }

    /// Waits while the queue is full.
    ///
    /// - Throws: `CancellationError` once the queue is closed.
    func push(_ newLines: [BulkLine]) async throws {
        while bytes >= limit, !isClosed {
            await withCheckedContinuation { producer = $0 }
        }
        guard !isClosed else { throw CancellationError() }
        for line in newLines { bytes += Self.cost(line) }
        lines += newLines
        wakeConsumer()
    }

    /// No more lines will come.
    func finish() {
        isFinished = true
        wakeConsumer()
    }

    /// Both sides give up.
    func close() {
        isClosed = true
        lines = []
        wakeConsumer()
        wakeProducer()
    }

    /// At least one line, at most so many lines and bytes (one line may exceed the bytes); nil at the end.
    ///
    /// - Throws: `CancellationError` once the queue is closed.
    func next(maxLines: Int, maxBytes: Int) async throws -> [BulkLine]? {
        while lines.isEmpty, !isFinished, !isClosed {
            await withCheckedContinuation { consumer = $0 }
        }
        guard !isClosed else { throw CancellationError() }
        var taken = 0
        var size = 0
        for line in lines.prefix(maxLines) {
            if taken > 0, size + line.byteCount > maxBytes { break }
            taken += 1
            size += line.byteCount
        }
        guard taken > 0 else { return nil }
        let group = Array(lines.prefix(taken))
        lines.removeFirst(taken)
        for line in group { bytes -= Self.cost(line) }
        wakeProducer()
        return group
    }

    /// Short lines cost memory too.
    private static func cost(_ line: BulkLine) -> Int { line.byteCount + 64 }

    private func wakeProducer() {
        producer?.resume()
        producer = nil
    }

    private func wakeConsumer() {
        consumer?.resume()
        consumer = nil
    }
}
