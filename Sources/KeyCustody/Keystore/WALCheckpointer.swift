import Dispatch
import GRDB
import Synchronization

/// Copies the write-ahead log into the database file on a connection of its own, beside the writer: SQLite
/// would do it inside some unlucky commit, with two more syncs, while every append of the ledger waits.
///
/// Under steady writing such a copy never quite catches up, so the log is never begun again and grows. Past
/// `maxLogFrames` the writer itself copies what little is left; its next commit then begins the log anew, and
/// writes over what is there, which syncs faster than a file that grows.
final class WALCheckpointer: Sendable {
    /// Rows, about one page each: some 8 MiB of log.
    private static let rowsBetween = 8_192
    /// 32 MiB: enough that many subjects share a page of the index before it is copied.
    private static let maxLogFrames = 32_768

    private struct State {
        var rows = 0
        var isRunning = false
        /// GRDB hands SQLite no connection at all once it is closed, and SQLite does not survive that.
        var isClosed = false
    }

    private let pool: DatabasePool
    private let beside: DatabaseQueue
    private let thread = DispatchQueue(label: "chancery.keystore.checkpoints")
    private let state = Mutex(State())

    init(pool: DatabasePool, beside: DatabaseQueue) {
        self.pool = pool
        self.beside = beside
    }

    /// Called after a commit; returns at once.
    func wrote(_ weight: Int) {
        state.withLock { state in
            state.rows += weight
            guard state.rows >= Self.rowsBetween, !state.isRunning, !state.isClosed else { return }
            state.rows = 0
            state.isRunning = true
            // Within the lock: what is begun before the end stands in the queue before the end.
            thread.async { self.run() }
        }
    }

    /// A copy that fails is made another time; the log holds everything until then.
    private func run() {
        let log = try? beside.writeWithoutTransaction { db in try db.checkpoint(.passive) }
        if let log, log.walFrameCount > Self.maxLogFrames {
            _ = try? pool.writeWithoutTransaction { db in try db.checkpoint(.passive) }
        }
        state.withLock { $0.isRunning = false }
    }

    /// Once no copy is under way. For tests, and before the end.
    func settled() async {
        await withCheckedContinuation { continuation in
            thread.async { continuation.resume() }
        }
    }

    func close() async throws {
        state.withLock { $0.isClosed = true }
        await settled()
        try beside.close()
    }
}
