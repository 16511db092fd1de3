import Foundation
import GRDB
import ProcessBoundary
import Synchronization

/// The open keystore file. Rows mean nothing without the keys of `KeyHierarchy`; this type knows files,
/// settings and transactions only.
final class Keystore: Sendable {
    static let fileName = "keystore.sqlite"

    let pool: DatabasePool
    /// Keys were deleted and the write-ahead log may still hold them; at a start, keys that a predecessor deleted just
    /// before it was killed.
    private let owes: Atomic<Bool>
    private let writer: GroupCommitter
    private let checkpointer: WALCheckpointer

    private init(pool: DatabasePool, beside: DatabaseQueue, wasLeftOpen: Bool) {
        self.pool = pool
        owes = Atomic(wasLeftOpen)
        checkpointer = WALCheckpointer(pool: pool, beside: beside)
        writer = GroupCommitter(pool: pool, checkpointer: checkpointer)
    }

    /// Creates an empty file of mode 0600 with the schema; the caller fills it in one transaction.
    /// - Throws: `KeyCustodyError.cannotStart`.
    static func create(at path: String) throws(KeyCustodyError) -> Keystore {
        // Before SQLite opens it: the journal and shared-memory files take this file's mode.
        let descriptor = Foundation.open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw KeyCustodyError(
                .cannotStart,
                "cannot create \(path): \(String(cString: strerror(errno))); check the directory's "
                    + "owner and free space")
        }
        Foundation.close(descriptor)
        do {
            let keystore = try connect(path)
            try keystore.pool.write { db in
                for statement in KeystoreSchema.statements { try db.execute(sql: statement) }
                try db.execute(sql: "PRAGMA application_id = \(KeystoreSchema.applicationID)")
                try db.execute(sql: "PRAGMA user_version = \(KeystoreSchema.version)")
            }
            return keystore
        } catch {
            throw unreadable(path, error)
        }
    }

    /// - Throws: `KeyCustodyError.cannotStart` for a file that is not a keystore of this version.
    static func open(at path: String) throws(KeyCustodyError) -> Keystore {
        do {
            let keystore = try connect(path)
            let version = try keystore.pool.read { db in
                let application = try Int32.fetchOne(db, sql: "PRAGMA application_id")
                let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                guard application == KeystoreSchema.applicationID,
                    KeystoreSchema.readable.contains(version)
                else {
                    throw KeyCustodyError(
                        .cannotStart,
                        "\(path) is not a keystore that this program reads (version "
                            + "\(version), need \(KeystoreSchema.version)); restore the file")
                }
                return version
            }
            if version < KeystoreSchema.version {
                try keystore.pool.write { db in
                    for statement in KeystoreSchema.additions { try db.execute(sql: statement) }
                }
            }
            return keystore
        } catch {
            throw unreadable(path, error)
        }
    }

    /// Whether the transaction that makes a keystore whole reached the disk.
    /// - Throws: `KeyCustodyError.cannotStart` when that cannot be told.
    static func isComplete(at path: String) throws(KeyCustodyError) -> Bool {
        do {
            let keystore = try connect(path)
            defer { try? keystore.pool.close() }
            return try keystore.pool.read { db in
                guard try db.tableExists("meta") else { return false }
                return try Int.fetchOne(db, sql: "SELECT count(*) FROM meta") == 1
            }
        } catch {
            throw unreadable(path, error)
        }
    }

    private static func connect(_ path: String) throws -> Keystore {
        var configuration = Configuration()
        configuration.label = "keystore"
        configuration.busyMode = .timeout(2)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            // A new subject dirties one scattered page of the index; small pages make that cheap.
            try db.execute(sql: "PRAGMA page_size = 1024")
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
            try db.execute(sql: "PRAGMA secure_delete = ON")
            // The kernel caches the file; every connection with a cache of its own would hold the same pages again.
            try db.execute(sql: "PRAGMA cache_size = -512")
        }
        // Whoever closes the file as the last one removes its log.
        let wasLeftOpen = SystemFile.exists(path + "-wal")
        let pool = try DatabasePool(path: path, configuration: configuration)
        // The pool sets NORMAL when it opens; an acknowledged key must survive power loss.
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // `WALCheckpointer` does it beside the writer.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
            // A commit of many subjects touches as many scattered pages: those that it changes must fit.
            try db.execute(sql: "PRAGMA cache_size = -2048")
            let settings = [
                try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2,
                try Int.fetchOne(db, sql: "PRAGMA secure_delete") == 1,
                try Int.fetchOne(db, sql: "PRAGMA wal_autocheckpoint") == 0,
                try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal",
            ]
            guard settings.allSatisfy({ $0 }) else {
                throw KeyCustodyError(
                    .cannotStart,
                    "SQLite refuses the settings that make keys durable (WAL, synchronous=FULL, "
                        + "secure_delete); put the data directory on a local file system")
            }
        }
        configuration.label = "keystore checkpoints"
        let beside = try DatabaseQueue(path: path, configuration: configuration)
        try beside.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        return Keystore(pool: pool, beside: beside, wasLeftOpen: wasLeftOpen)
    }

    private static func unreadable(_ path: String, _ error: any Error) -> KeyCustodyError {
        if let error = error as? KeyCustodyError { return error }
        return KeyCustodyError(
            .cannotStart,
            "cannot open the keystore \(path) (\(describe(error))); check its owner, free space and "
                + "file system, or restore it")
    }

    /// A read transaction; database errors become `unavailable`.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(KeyCustodyError) -> Value {
        do {
            return try await pool.read(body)
        } catch {
            throw Self.refusal(error)
        }
    }

    /// Durable when it returns; database errors become `unavailable`, and nothing of `body` remains then.
    /// - Parameters:
    ///   - queue: `.signing` goes before all others.
    ///   - weight: rows that `body` writes, about.
    func commit<Value: Sendable>(
        _ queue: GroupCommitter.Queue = .keys, weight: Int = 1,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(KeyCustodyError) -> Value {
        do {
            return try await writer.commit(queue, weight: weight, body)
        } catch {
            throw Self.refusal(error)
        }
    }

    /// Keys were deleted, and the epoch that takes older copies with them has not come yet.
    static func owesEpoch(_ db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT owes_epoch FROM meta") ?? false
    }

    /// Rows were deleted that must not live on in the write-ahead log.
    func owesTruncation() { owes.store(true, ordering: .relaxed) }

    /// Empties the log, if that is owed. With a reader in the way it stays owed.
    func truncateIfOwed() async {
        guard owes.exchange(false, ordering: .relaxed) else { return }
        if !(await truncateLog()) { owesTruncation() }
    }

    func truncateLog() async -> Bool {
        // By statement: on a closed database that is an error, where `Database.checkpoint` ends the process.
        let busy = try? await pool.writeWithoutTransaction { db in
            try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
        return busy == 0
    }

    /// Works not begun, and the end of a copy under way. For tests.
    var waiting: Int { writer.waiting }
    func checkpointed() async { await checkpointer.settled() }

    func close() async throws {
        try await checkpointer.close()
        try pool.close()
    }

    static func refusal(_ error: any Error) -> KeyCustodyError {
        if let error = error as? KeyCustodyError { return error }
        return KeyCustodyError(
            .unavailable,
            "the keystore cannot be used just now (\(describe(error))); check free space and the disk"
        )
    }

    /// SQLite's code only: its messages may quote values.
    private static func describe(_ error: any Error) -> String {
        guard let error = error as? DatabaseError else { return "\(type(of: error))" }
        return "SQLite code \(error.extendedResultCode.rawValue)"
    }
}
