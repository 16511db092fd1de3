import LedgerFormat

/// How much the active segment holds, and since when: what rotation by size and age goes by.
struct SegmentFill: Sendable {
    private(set) var bytes: UInt64 = 0
    /// Time of its first entry.
    private(set) var since: LedgerTime?
    private(set) var isWorthy = false

    init() {}

    init(bytes: UInt64, since: LedgerTime?, isWorthy: Bool) {
        self.bytes = bytes
        self.since = since
        self.isWorthy = isWorthy
    }

    mutating func add(first: LedgerTime?, bytes: UInt64, isWorthy: Bool) {
        since = since ?? first
        self.bytes += bytes
        self.isWorthy = isWorthy
    }

    /// Whether the segment is to be ended. One that holds nothing worth a seal never is.
    func isFull(now: LedgerTime, limits: StoreLimits) -> Bool {
        guard isWorthy else { return false }
        if bytes >= limits.segmentBytes { return true }
        guard let since else { return false }
        let age = now.microsecondsSince1970 - since.microsecondsSince1970
        return .microseconds(age) >= limits.segmentAge
    }
}
