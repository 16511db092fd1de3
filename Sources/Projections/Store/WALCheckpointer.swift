import Dispatch
package import GRDB
import Synchronization

/// Copies a database's WAL into its file, on a connection and a thread of its own, so that no commit waits for it.
///
/// A passive checkpoint takes no lock that a commit waits for, but it never gets all of a WAL that grows meanwhile,
/// and only a WAL that was copied whole can begin anew. So it runs again over the little that came meanwhile, a few
/// times; when what is left costs the writer next to nothing, `takeCaughtUp` tells it so.
///
/// Nothing depends on it for durability: it only keeps WAL and restart short. Its failures are therefore ignored;
/// the writer's own bound on the WAL's size steps in.
public final class WALCheckpointer: Sendable {
    private let worker = DispatchQueue(label: "chancery.wal-checkpoint", qos: .utility)
    private let queue: DatabaseQueue
    private let isBusy = Atomic(false)
    private let isCaughtUp = Atomic(false)

    public init(path: String) throws {
        var configuration = Configuration()
        configuration.label = "chancery.wal-checkpoint"
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        queue = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Begins in the background, unless it runs already.
    ///
    /// - Parameter before: done first; when it throws, nothing is copied this time.
    public func start(before: @escaping @Sendable () throws -> Void = {}) {
        guard !isBusy.exchange(true, ordering: .acquiringAndReleasing) else { return }
        worker.async { [self] in
            defer { isBusy.store(false, ordering: .releasing) }
            do {
                try before()
                var last: Int64 = 0
                for _ in 0..<Self.mostPasses {
                    let frames = try copy()
                    // So much came during the pass before; about as much came during this one.
                    if frames - last <= Self.fewFrames { break }
                    last = frames
                }
                isCaughtUp.store(true, ordering: .releasing)
            } catch {}
        }
    }

    /// Under a steady load each pass finds less than the one before, down to what comes during an fsync.
    private static let mostPasses = 4
    /// What the writer copies itself in less time than a commit takes.
    private static let fewFrames: Int64 = 256

    /// Runs a passive checkpoint.
    ///
    /// - Returns: frames in the WAL when it began.
    private func copy() throws -> Int64 {
        try queue.writeWithoutTransaction { db in
            try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(PASSIVE)")?[1] ?? 0
        }
    }

    /// Whether all but a little was copied since this was last asked.
    public func takeCaughtUp() -> Bool {
        isCaughtUp.exchange(false, ordering: .acquiringAndReleasing)
    }

    /// For the writer: begins the WAL anew, if nobody reads an old snapshot. Whoever does, a seal for seconds, is not
    /// waited for, as commits would be. The file keeps its size: writing over it costs less than making it grow.
    package static func restartWAL(_ db: Database) throws {
        try db.execute(sql: "PRAGMA busy_timeout = 0")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = 5000") }
        try db.execute(sql: "PRAGMA wal_checkpoint(RESTART)")
    }

    public func close() {
        worker.sync { try? queue.close() }
    }
}
