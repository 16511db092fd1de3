import Synchronization

/// Work of one kind that is under way: few at one time, and who finds no slot is refused instead of waiting.
public final class Slots: Sendable {
    private let taken = Mutex(0)
    private let most: Int

    public init(most: Int) { self.most = most }

    /// Whether there was one; then `leave()` follows.
    public func take() -> Bool {
        taken.withLock { taken in
            guard taken < most else { return false }
            taken += 1
            return true
        }
    }

    public func leave() { taken.withLock { $0 -= 1 } }
}
