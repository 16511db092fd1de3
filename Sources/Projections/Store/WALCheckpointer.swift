import Dispatch
package import GRDB
import Synchronization

/// Copies a database's WAL into its file, on a connection and a thread of its own, so that no commit waits for it.
///
/// A passive checkpoint takes no lock that a commit waits for, but it never gets all of a WAL that grows meanwhile,
/// and only a WAL that was copied whole can begin anew. So it runs twice, the second time over the little that
/// came during the first; what is left then costs the writer next to nothing, and `takeCaughtUp` tells it so.
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
    public func start() {
        guard !isBusy.exchange(true, ordering: .acquiringAndReleasing) else { return }
        worker.async { [self] in
            defer { isBusy.store(false, ordering: .releasing) }
            do {
                for _ in 0..<2 {
                    try queue.writeWithoutTransaction { db in
                        try db.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
                    }
                }
                isCaughtUp.store(true, ordering: .releasing)
            } catch {}
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
