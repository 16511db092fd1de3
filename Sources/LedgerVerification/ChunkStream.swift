/// The chunks of a segment in order, a few scanned ahead on other cores.
struct ChunkStream {
    /// Chunks in flight: enough to keep every core busy while the fold takes one, and some megabytes.
    private static let lookahead = 4

    private let pool: ConnectionPool
    private let generation: UInt64
    private let end: UInt64
    private var start: UInt64
    private var scans: [Task<ScannedChunk, Never>] = []

    /// - Parameter range: indices that the segment is expected to hold; may be a lie of a hostile
    ///   file, which then shows as a missing entry in the first chunk that lacks one.
    init(pool: ConnectionPool, range: Range<UInt64>, generation: UInt64) {
        self.pool = pool
        self.generation = generation
        start = range.lowerBound
        end = range.upperBound
    }

    mutating func next() async -> ScannedChunk? {
        let pool = pool
        let generation = generation
        while scans.count < Self.lookahead, let range = nextRange() {
            scans.append(Task { pool.scan(range, generation: generation) })
        }
        return scans.isEmpty ? nil : await scans.removeFirst().value
    }

    /// Waits for scans under way, so that no file is still open when verification has returned.
    mutating func stop() async {
        start = end
        for scan in scans { _ = await scan.value }
        scans = []
    }

    private mutating func nextRange() -> Range<UInt64>? {
        guard start < end else { return nil }
        let range = start..<start + min(end - start, EntryScanner.chunkEntries)
        start = range.upperBound
        return range
    }
}
