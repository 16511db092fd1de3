internal import LedgerFormat

/// Roots at the newest boundaries: a published checkpoint may be kept in a later segment than the one
/// its size lies in, as the publisher follows the signer by up to a second.
struct RecentRoots: Sendable {
    enum Answer: Equatable {
        case root(Digest32)
        /// No boundary had this size.
        case none
        /// Before everything remembered.
        case forgotten
    }

    /// By ascending size.
    private var roots: [(size: UInt64, root: Digest32)] = []
    /// Whether every boundary so far is remembered.
    private var isWhole: Bool

    init(isWhole: Bool = true) {
        self.isWhole = isWhole
    }

    subscript(size: UInt64) -> Answer {
        guard isWhole || size >= roots.first?.size ?? .max else { return .forgotten }
        var low = 0
        var high = roots.count
        while low < high {
            let middle = (low + high) / 2
            if roots[middle].size < size { low = middle + 1 } else { high = middle }
        }
        guard low < roots.count, roots[low].size == size else { return .none }
        return .root(roots[low].root)
    }

    mutating func add(size: UInt64, root: Digest32) {
        // Trimmed by halves, so that adding stays cheap.
        if roots.count == 2 * LedgerLimits.recentBoundaries {
            roots.removeFirst(LedgerLimits.recentBoundaries)
            isWhole = false
        }
        roots.append((size, root))
    }
}
