import Foundation
import GRDB
public import LedgerFormat
import Synchronization

/// The read tables of one ledger: `views/projections.sqlite`, and beside it the nodes of its tree.
///
/// Written by one caller at a time, in index order; read by many, each in a snapshot of its own. After a
/// power loss the file may stand at an earlier size than was acknowledged (`synchronous=NORMAL`): the
/// ledger replays what is missing.
public final class ProjectionStore: Sendable {
    public static let fileName = "projections.sqlite"

    /// Leaf hashes of a generation, named by its origin, for a range of its indices; fewer where it ends before.
    public typealias Leaves = (String, Range<UInt64>) throws -> [Digest32]

    /// What was prepared for the writer's connection.
    private struct Prepared {
        let statements: StatementSet
        let writer: ProjectionWriter
        let decisions: DecisionReader

        init(_ db: Database) throws {
            statements = StatementSet(db)
            writer = try ProjectionWriter(statements)
            decisions = try DecisionReader(statements)
        }
    }

    /// What was prepared for a connection that only looks ahead.
    private struct Preparing {
        let queue: DatabaseQueue
        let statements: StatementSet
        let reader: DecisionReader

        init(path: String) throws {
            var configuration = ProjectionStore.configuration
            configuration.readonly = true
            configuration.label = "chancery.preparing"
            queue = try DatabaseQueue(path: path, configuration: configuration)
            (statements, reader) = try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA cache_size = -\(ProjectionStore.preparingCacheKiB)")
                let statements = StatementSet(db)
                return (statements, try DecisionReader(statements))
            }
        }
    }

    /// Of the tree over everything projected; to be asked about trees of `size` at the most.
    public let nodes: NodeFile
    private let pool: DatabasePool
    private let prepared: Prepared
    private let preparing: Preparing
    private let position: Mutex<ProjectionWriter.Position>
    private let checkpointer: WALCheckpointer
    /// Entries since the WAL was last copied into the file.
    private let uncopied = Atomic(0)
    private let checkpointInterval = Atomic(ProjectionStore.entriesPerCheckpoint)
    private let knownSize: Atomic<UInt64>
    /// Apart from `position`, which is held while a group is projected and waits for its signature.
    private let knownBase: Atomic<UInt64>
    /// Leaves whose nodes are on disk.
    private let syncedNodes: Atomic<UInt64>

    /// Opens the file, or creates it empty.
    ///
    /// - Parameter origins: of the ledger's generations, the first one first; a file of another origin is `unusable`.
    /// - Parameter leaves: asked for those whose nodes may have been lost with power.
    /// - Throws: `ProjectionError.unusable` when only `delete(path:)` helps, `.database`; what `leaves` throws.
    public init(path: String, origins: [String], leaves: Leaves) throws {
        do {
            pool = try DatabasePool(path: path, configuration: Self.configuration)
            let nodes = try NodeFile(path: Self.nodesPath(beside: path))
            self.nodes = nodes
            let tree = try pool.write { db in
                try Self.adopt(db, origins)
                return try ProjectionReader(db).tree()
            }
            let frontier = try nodes.restore(
                synced: tree.syncedNodes, size: tree.size, root: tree.root
            ) { try leaves(tree.origin, $0) }
            prepared = try pool.writeWithoutTransaction { db in
                // Keeps the upper levels of the trees; what is written goes to random places of them.
                try db.execute(sql: "PRAGMA cache_size = -\(Self.writerCacheKiB)")
                try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
                return try Prepared(db)
            }
            preparing = try Preparing(path: path)
            checkpointer = try WALCheckpointer(path: path)
            position = Mutex(
                ProjectionWriter.Position(frontier, origin: tree.origin, base: tree.base))
            knownSize = Atomic(tree.size)
            knownBase = Atomic(tree.base)
            syncedNodes = Atomic(min(tree.syncedNodes, tree.size))
        } catch let error as DatabaseError {
            throw Self.translated(error)
        }
    }

    /// Of the generation that is being projected.
    public var origin: String { position.withLock { $0.origin } }

    /// Entries of the generations before it.
    public var base: UInt64 { knownBase.load(ordering: .acquiring) }

    /// Its entries 0 ..< size are projected and visible to every read that starts now.
    public var size: UInt64 { knownSize.load(ordering: .acquiring) }

    /// Projects the next entries in one transaction: all of them, or on an error none.
    ///
    /// - Parameter beforeCommit: may decide on what comes next, which sees the entries already, and may wait for what must
    ///   be true before anybody else sees them; when it throws, nobody does.
    /// - Throws: `ProjectionError.outOfOrder` unless they start at `size` and have no gap; what `beforeCommit`
    ///   throws.
    public func apply(
        _ entries: [ProjectedEntry], beforeCommit: (DecisionReader) throws -> Void = { _ in }
    ) throws {
        guard !entries.isEmpty else { return }
        try Self.translating {
            try position.withLock { position in
                var next = position
                try pool.write { _ in
                    try prepared.writer.apply(
                        entries, to: &next, nodes, synced: syncedNodes.load(ordering: .acquiring))
                    try beforeCommit(prepared.decisions)
                }
                position = next
                knownSize.store(next.size, ordering: .releasing)
            }
            try keepWALShort(entries.count)
        }
    }

    /// Goes on with another generation's first entry. Before anybody reads.
    public func turn(to origin: String) throws {
        try Self.translating {
            try position.withLock { position in
                try pool.write { db in try ProjectionSchema.turn(db, to: origin) }
                position = ProjectionWriter.Position(
                    MerkleFrontier(), origin: origin, base: position.base + position.size)
                nodes.forget()
                knownBase.store(position.base, ordering: .releasing)
                syncedNodes.store(0, ordering: .releasing)
                knownSize.store(0, ordering: .releasing)
            }
        }
    }

    /// Asks what decisions rest upon, of everything projected. Not while something is being projected.
    public func decide<Value>(_ body: (DecisionReader) throws -> Value) throws -> Value {
        try Self.translating {
            try pool.writeWithoutTransaction { db in
                var value: Value?
                try db.inTransaction(.deferred) {
                    value = try body(prepared.decisions)
                    return .commit
                }
                guard let value else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
                return value
            }
        }
    }

    /// Asks the same of a snapshot, beside whoever projects: on a thread of its own, later, in the order of the calls.
    ///
    /// - Parameter body: called with an error when there is no snapshot to ask.
    public func prepare(_ body: @escaping @Sendable (Result<DecisionReader, any Error>) -> Void) {
        preparing.queue.asyncWriteWithoutTransaction { [reader = preparing.reader] db in
            do {
                try db.inTransaction(.deferred) {
                    body(.success(reader))
                    return .commit
                }
            } catch {
                body(.failure(Self.translated(error)))
            }
        }
    }

    /// For a rebuild or a long catch-up: keeps the trees in memory, which else would be read and written again for every
    /// slice, and copies the log less often.
    public func beginCatchUp() { setCatchingUp(true) }

    public func endCatchUp() { setCatchingUp(false) }

    private func setCatchingUp(_ isCatchingUp: Bool) {
        let (cache, entries) =
            isCatchingUp
            ? (Self.catchUpCacheKiB, Self.entriesPerCheckpoint * 8)
            : (Self.writerCacheKiB, Self.entriesPerCheckpoint)
        checkpointInterval.store(entries, ordering: .relaxed)
        // Only a matter of speed.
        try? pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA cache_size = -\(cache)")
            if !isCatchingUp { try db.execute(sql: "PRAGMA shrink_memory") }
        }
    }

    /// Reads from one snapshot.
    public func read<Value>(_ body: (ProjectionReader) throws -> Value) throws -> Value {
        try Self.translating {
            try pool.read { db in try body(ProjectionReader(db)) }
        }
    }

    /// Empties the write-ahead log, so that rows purged do not live on in it.
    /// - Returns: false when a reader was in the way; then it is to be tried again.
    public func truncateLog() async -> Bool {
        let busy = try? await pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA busy_timeout = 0")
            defer { try? db.execute(sql: "PRAGMA busy_timeout = 5000") }
            return try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
        return busy == 0
    }

    public func close() {
        checkpointer.close()
        rememberNodes()
        preparing.queue.writeWithoutTransaction { _ in preparing.statements.finalize() }
        try? preparing.queue.close()
        pool.writeWithoutTransaction { _ in prepared.statements.finalize() }
        try? pool.close()
    }

    /// Only a matter of speed: what is not known to be on disk is made again at the next start.
    private func rememberNodes() {
        guard (try? nodes.sync()) != nil else { return }
        try? pool.write { db in try db.execute(sql: "UPDATE meta SET nodes = size") }
    }

    private func keepWALShort(_ added: Int) throws {
        let (_, entries) = uncopied.add(added, ordering: .relaxed)
        if checkpointer.takeCaughtUp() {
            try pool.writeWithoutTransaction(WALCheckpointer.restartWAL)
        }
        guard entries >= checkpointInterval.load(ordering: .relaxed) else { return }
        uncopied.store(0, ordering: .relaxed)
        let written = size
        checkpointer.start { [self] in
            try nodes.sync()
            syncedNodes.store(written, ordering: .releasing)
        }
    }

    /// Some three pages for each, where the tables are large: a WAL of some 25 MiB.
    private static let entriesPerCheckpoint = 8_192
    private static let writerCacheKiB = 32_768
    /// The upper levels of the trees that a preparation asks.
    private static let preparingCacheKiB = 8_192
    /// All random trees of a million contacts.
    private static let catchUpCacheKiB = 196_608

    /// Removes the file and what is kept beside it. No store may have it open.
    public static func delete(path: String) throws(ProjectionError) {
        let database = ["", "-wal", "-shm", "-journal"].map { path + $0 }
        for path in database + [nodesPath(beside: path), headsPath(beside: path)]
        where FileManager.default.fileExists(atPath: path) {
            do {
                try FileManager.default.removeItem(atPath: path)
            } catch {
                throw ProjectionError(
                    .database, "Cannot remove \(path): \(error). Check its permissions.")
            }
        }
    }

    private static func nodesPath(beside path: String) -> String {
        file(NodeFile.fileName, beside: path)
    }

    /// Of the heads of the newest sealed segment.
    public static func headsPath(beside path: String) -> String {
        file(HeadsFile.fileName, beside: path)
    }

    private static func file(_ name: String, beside path: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(name).path
    }
}

// MARK: - Opening

extension ProjectionStore {
    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "chancery.projections"
        configuration.maximumReaderCount = 4
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            // Most of what an append writes are narrow rows at random places: small pages make each of them cheap.
            try db.execute(sql: "PRAGMA page_size = 1024")
            // What is purged must not linger in free pages.
            try db.execute(sql: "PRAGMA secure_delete = ON")
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
            // Inline it would stall whoever waits for an answer; `checkpointer` does it.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        }
        return configuration
    }

    private static func adopt(_ db: Database, _ origins: [String]) throws {
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        if tables == 0, let first = origins.first {
            return try ProjectionSchema.create(db, origin: first)
        }
        guard try Int32.fetchOne(db, sql: "PRAGMA user_version") == ProjectionSchema.version else {
            throw ProjectionError(
                .unusable, "The projections are of another version; rebuild them.")
        }
        let origin = try String.fetchOne(db, sql: "SELECT origin FROM meta")
        guard let origin, origins.contains(origin) else {
            throw ProjectionError(
                .unusable,
                "The projections are of another ledger than \(origins.joined(separator: ", ")); rebuild them."
            )
        }
    }

    /// Errors of SQLite as ours; others, of the caller, as they are.
    private static func translating<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw translated(error)
        }
    }

    static func translated(_ error: any Error) -> ProjectionError {
        if let error = error as? ProjectionError { return error }
        guard let error = error as? DatabaseError else {
            return ProjectionError(.database, "The projections failed: \(error)")
        }
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH:
            return ProjectionError(
                .unusable, "The projections are damaged (\(error.resultCode)); rebuild them.")
        default:
            return ProjectionError(
                .database, "The projections cannot be used now: \(error.resultCode).")
        }
    }
}
