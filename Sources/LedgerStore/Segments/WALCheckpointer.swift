import Dispatch
import GRDB
import Synchronization

/// Copies the active segment's WAL into its file, on a connection and a thread of its own.
///
/// A passive checkpoint takes no lock that a commit waits for. Nothing depends on it for durability: it
/// only keeps WAL and restart short. Its failures are therefore ignored; the committer's own bound on the
/// WAL's size steps in.
final class WALCheckpointer: Sendable {
    private let worker = DispatchQueue(label: "chancery.wal-checkpoint", qos: .utility)
    private let queue: DatabaseQueue
    private let isBusy = Atomic(false)

    init(_ file: SegmentFile) throws {
        queue = try DatabaseQueue(path: file.path, configuration: SegmentFile.configuration())
    }

    func start() {
        guard
            isBusy.compareExchange(
                expected: false, desired: true, ordering: .acquiringAndReleasing
            ).exchanged
        else { return }
        worker.async { [self] in
            defer { isBusy.store(false, ordering: .releasing) }
            try? queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
            }
        }
    }

    func close() {
        worker.sync { try? queue.close() }
    }
}
