internal import LedgerFormat

/// Roots at the newest boundaries: a published checkpoint may be kept in a later segment than the one
/// its size lies in, as the publisher follows the signer by up to a second.
struct RecentRoots: Sendable {
    /// Several seconds of single-entry groups at full speed; 40 bytes each.
    private static let capacity = 65_536

    /// By ascending size.
    private var roots: [(size: UInt64, root: Digest32)] = []

    subscript(size: UInt64) -> Digest32? {
        var low = 0
        var high = roots.count
        while low < high {
            let middle = (low + high) / 2
            if roots[middle].size < size { low = middle + 1 } else { high = middle }
        }
        guard low < roots.count, roots[low].size == size else { return nil }
        return roots[low].root
    }

    mutating func add(size: UInt64, root: Digest32) {
        // Trimmed by halves, so that adding stays cheap.
        if roots.count == 2 * Self.capacity { roots.removeFirst(Self.capacity) }
        roots.append((size, root))
    }
}
