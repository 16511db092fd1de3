import GRDB

/// Copies the write-ahead log into the database file on a connection of its own, beside the writer: SQLite
/// would do it inside some unlucky commit, with two more syncs, while every append of the ledger waits.
///
/// Under steady writing such a copy never quite catches up, so the log is never begun again and grows. Past
/// `maxLogFrames` the writer itself copies what little is left; its next commit then begins the log anew.
actor WALCheckpointer {
    /// Rows, about one page each: some 8 MiB of log.
    private static let rowsBetween = 2_048
    /// 64 MiB of 4 KiB pages.
    private static let maxLogFrames = 16_384

    private let pool: DatabasePool
    private let beside: DatabaseQueue
    private var rows = 0
    private var isRunning = false

    init(pool: DatabasePool, beside: DatabaseQueue) {
        self.pool = pool
        self.beside = beside
    }

    /// Called after a commit; returns at once.
    func wrote(_ weight: Int) {
        rows += weight
        guard rows >= Self.rowsBetween, !isRunning else { return }
        isRunning = true
        rows = 0
        Task { await run() }
    }

    /// A copy that fails is made another time; the log holds everything until then.
    private func run() async {
        let log = try? await beside.writeWithoutTransaction { db in try db.checkpoint(.passive) }
        if let log, log.walFrameCount > Self.maxLogFrames {
            _ = try? await pool.writeWithoutTransaction { db in try db.checkpoint(.passive) }
        }
        isRunning = false
    }

    /// Once no copy is under way. For tests.
    func settled() async {
        while isRunning { await Task.yield() }
    }

    func close() throws {
        try beside.close()
    }
}
