import LedgerFormat
import Synchronization

/// The frontier as the last durable extension left it: reading and checking it anew would cost a signature a
/// fifth of its time. Only a guess, which `TreeRecord.advance` compares with the file.
final class FrontierMemory: Sendable {
    private let state = Mutex<MerkleFrontier?>(nil)

    /// Gives it away, so that it is not taken twice and does not outlive a transaction that fails.
    func take() -> MerkleFrontier? {
        state.withLock { state in
            defer { state = nil }
            return state
        }
    }

    /// - Parameter frontier: durable now.
    func keep(_ frontier: MerkleFrontier) {
        state.withLock { $0 = frontier }
    }
}
