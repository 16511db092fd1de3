import Synchronization

/// Documents of one contact that are being made: each holds all of it in memory, so few at one time.
final class ProofTurns: Sendable {
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
