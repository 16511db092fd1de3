import Synchronization

/// Looks through many rows that are under way: few at one time.
final class Scans: Sendable {
    private let running = Mutex(0)
    private let most: Int

    init(most: Int) { self.most = most }

    /// Whether another one may begin; then `end()` follows it.
    func begin() -> Bool {
        running.withLock { running in
            guard running < most else { return false }
            running += 1
            return true
        }
    }

    func end() { running.withLock { $0 -= 1 } }
}
