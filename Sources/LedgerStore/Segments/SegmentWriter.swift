import Foundation
import GRDB
import LedgerFormat
import Projections

/// The connection that appends to the active segment. Used by the committer alone.
///
/// WAL, `synchronous=FULL`: COMMIT returns after the frames are on disk. SQLite never checkpoints on this
/// connection by itself, as that would stall a commit for tens of milliseconds; `WALCheckpointer` does.
final class SegmentWriter: Sendable {
    let file: SegmentFile
    let identity: SegmentIdentity
    private let queue: DatabaseQueue
    private let statements: StatementSet
    private let insert: RawStatement

    /// Opens an existing segment and moves what is in the WAL into the file.
    ///
    /// - Parameter afterFailure: a commit failed on an earlier connection. Its frames may be in the page cache only,
    ///   marked clean, so that no later fsync writes them; moved into the file they are written and synced
    ///   anew, and unless all of them are, nothing can be said to be durable.
    init(_ file: SegmentFile, afterFailure: Bool = false) throws {
        self.file = file
        let queue = try DatabaseQueue(
            path: file.path, configuration: SegmentFile.configuration())
        self.queue = queue
        (identity, statements) = try queue.writeWithoutTransaction { db in
            let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
            let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous")
            guard mode == "wal", synchronous == 2 else {
                throw LedgerStoreError(
                    .unavailable,
                    "\(file.path) cannot be opened with journal_mode=WAL and synchronous=FULL "
                        + "(got \(mode ?? "nothing"), \(synchronous ?? -1)).")
            }
            let isComplete = try Self.checkpoint(db)
            guard isComplete || !afterFailure else {
                throw LedgerStoreError(
                    .unavailable,
                    "Another process reads \(file.path); what the failed commit left can only be made "
                        + "durable when it has ended.")
            }
            return (try SegmentContents.identity(db, number: file.number), StatementSet(db))
        }
        insert = try queue.writeWithoutTransaction { [statements] _ in
            try statements.prepare("INSERT INTO entry (idx, header, payload) VALUES (?, ?, ?)")
        }
    }

    /// The commit: everything or nothing, on disk when this returns.
    ///
    /// - Parameters:
    ///   - first: index of the first row.
    ///   - boundary: size of the tree after the last.
    ///   - notes: group checkpoints of earlier boundaries that have no row yet.
    func commit(
        _ rows: [SegmentRow], from first: UInt64, boundary: UInt64, notes: [SizedNote]
    ) throws {
        try queue.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                var index = first
                for row in rows {
                    insert.bind(1, index)
                    insert.bind(2, blob: row.header)
                    insert.bind(3, blob: row.payload)
                    try insert.run()
                    index += 1
                }
                try db.cachedStatement(sql: "INSERT INTO boundary (size) VALUES (?)")
                    .execute(arguments: [Int64(boundary)])
                try Self.insert(notes, "checkpoint", db)
                return .commit
            }
        }
    }

    /// Checkpoints alone: group checkpoints as above, and one about to be served.
    func commit(notes: [SizedNote], published: SizedNote? = nil) throws {
        try queue.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                try Self.insert(notes, "checkpoint", db)
                try Self.insert(published.map { [$0] } ?? [], "published", db)
                return .commit
            }
        }
    }

    private static func insert(_ notes: [SizedNote], _ table: String, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "INSERT INTO \(table) (size, note) VALUES (?, ?)")
        for note in notes {
            try statement.execute(arguments: [Int64(note.size), note.note])
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try queue.read(body)
    }

    /// When the background checkpoint has copied all but a little.
    func restartWAL() throws {
        try queue.writeWithoutTransaction(WALCheckpointer.restartWAL)
    }

    /// Inline checkpoint, for when the background one cannot keep up.
    func checkpoint() throws {
        try queue.writeWithoutTransaction { db in _ = try Self.checkpoint(db) }
    }

    /// - Returns: whether the whole WAL is in the file now. If not, a reader holds an old snapshot, and what is in
    ///   the WAL stays valid there.
    @discardableResult
    private static func checkpoint(_ db: Database) throws -> Bool {
        let row = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        guard let row else { return false }
        return row[0] as Int64 == 0 || row[1] as Int64 == row[2] as Int64
    }

    func close() throws {
        queue.writeWithoutTransaction { _ in statements.finalize() }
        try queue.close()
    }
}
