/// The chunks of a segment in order. For a sealed segment a few are scanned ahead on other cores; an
/// active one is scanned in place, as only its one read transaction sees one instant of it.
struct ChunkStream {
    enum Source {
        case inPlace(EvidenceDatabase)
        case ahead(ConnectionPool, lookahead: Int)
    }

    private let source: Source
    private let generation: UInt64
    private let end: UInt64
    private var start: UInt64
    private var scans: [Task<ScannedChunk, Never>] = []

    /// - Parameter range: indices that the segment is expected to hold; may be a lie of a hostile
    ///   file, which then shows as a missing entry in the first chunk that lacks one.
    init(source: Source, range: Range<UInt64>, generation: UInt64) {
        self.source = source
        self.generation = generation
        start = range.lowerBound
        end = range.upperBound
    }

    mutating func next() async -> ScannedChunk? {
        switch source {
        case .inPlace(let database):
            guard let range = nextRange() else { return nil }
            return EntryScanner.scan(database, range: range, generation: generation)
        case .ahead(let pool, let lookahead):
            let generation = generation
            while scans.count < lookahead, let range = nextRange() {
                scans.append(Task { pool.scan(range, generation: generation) })
            }
            return scans.isEmpty ? nil : await scans.removeFirst().value
        }
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
