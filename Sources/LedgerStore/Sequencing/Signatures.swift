import Foundation
import Synchronization

/// Signed checkpoints on their way from the task that obtains them to the sequencer, which has already written the rows
/// they cover and holds its transaction open for them.
///
/// The sequencer's thread is its own and may block here.
final class Signatures: Sendable {
    private struct State: Sendable {
        /// Ascending.
        var notes: [SizedNote] = []
        var stopped: LedgerStoreError?
    }

    private let condition = NSCondition()
    private let state = Mutex(State())

    var isStopped: Bool { state.withLock { $0.stopped != nil } }

    func add(_ note: SizedNote) {
        change { $0.notes.append(note) }
    }

    /// There will be no more: whoever waits for one that is not there gives up.
    func stop(_ error: LedgerStoreError) { change { $0.stopped = $0.stopped ?? error } }

    /// Waits for the checkpoint of a size; those of smaller ones have come before it.
    ///
    /// - Throws: what `stop` was given.
    func wait(for size: UInt64) throws(LedgerStoreError) -> SizedNote {
        condition.lock()
        defer { condition.unlock() }
        while true {
            let (note, stopped) = state.withLock { state in
                (state.notes.first { $0.size == size }, state.stopped)
            }
            if let note { return note }
            if let stopped { throw stopped }
            condition.wait()
        }
    }

    /// Forgets what was waited for.
    func drop(upTo size: UInt64) {
        state.withLock { state in state.notes.removeAll { $0.size <= size } }
    }

    private func change(_ body: (inout State) -> Void) {
        // Locked so that nobody is between looking and waiting.
        condition.lock()
        state.withLock { body(&$0) }
        condition.broadcast()
        condition.unlock()
    }
}
