import Synchronization

/// A bound on what all requests of this process hold at one time: bytes of bodies, or streams.
final class Budget: Sendable {
    private let free: Mutex<Int>

    init(_ limit: Int) { free = Mutex(limit) }

    /// Nil when there is not so much left.
    func share(of count: Int) -> Share? {
        take(count) ? Share(self, count) : nil
    }

    private func take(_ count: Int) -> Bool {
        free.withLock { free in
            guard count <= free else { return false }
            free -= count
            return true
        }
    }

    private func give(_ count: Int) { free.withLock { $0 += count } }

    /// Given back when the last one who holds it lets go, however that comes about.
    final class Share: Sendable {
        private let budget: Budget
        private let count: Mutex<Int>

        fileprivate init(_ budget: Budget, _ count: Int) {
            self.budget = budget
            self.count = Mutex(count)
        }

        /// - Returns: false when the budget has no more.
        func grow(by more: Int) -> Bool {
            guard budget.take(more) else { return false }
            count.withLock { $0 += more }
            return true
        }

        deinit { budget.give(count.withLock { $0 }) }
    }
}
