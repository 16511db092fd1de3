import Foundation
import GRDB
import LedgerFormat

/// Names of a segment's files, and the connection settings each use needs.
struct SegmentFile: Sendable {
    let directory: String
    let number: UInt64

    var path: String { directory + "/" + SegmentSchema.fileName(segment: number) }
    var manifestPath: String { directory + "/" + SegmentSchema.manifestName(segment: number) }
    /// Not a segment yet: being created.
    var creatingPath: String { path + ".creating" }
    /// The final file of a seal that is not finished.
    var sealingPath: String { path + ".sealing" }
    var manifestTemporaryPath: String { manifestPath + ".tmp" }

    /// Creates the segment so that it exists whole or not at all.
    func create(_ row: SegmentIdentity) throws {
        for suffix in [""] + Self.companions {
            try DurableFile.removeIfPresent(creatingPath + suffix)
        }
        let queue = try DatabaseQueue(path: creatingPath, configuration: Self.configuration())
        try queue.write { db in
            try Self.begin(db)
            try db.execute(
                sql: """
                    INSERT INTO segment (number, format, generation, first_index, origin, previous)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    Int64(number), Int64(EntryHeader.format), Int64(row.generation),
                    Int64(row.firstIndex), row.origin, row.previous?.data,
                ])
        }
        try queue.close()
        try DurableFile.sync(creatingPath)
        // Frames of an earlier file of this name would be played into the new one.
        for suffix in Self.companions { try DurableFile.removeIfPresent(path + suffix) }
        try DurableFile.rename(creatingPath, to: path)
    }

    /// The tables, empty.
    static func begin(_ db: Database) throws {
        try db.execute(sql: "PRAGMA application_id = \(SegmentSchema.applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(SegmentSchema.userVersion)")
        for statement in SegmentSchema.statements { try db.execute(sql: statement) }
    }

    /// Takes back a segment that never held an entry.
    func remove() throws {
        for suffix in [""] + Self.companions { try DurableFile.removeIfPresent(path + suffix) }
        try DurableFile.sync(directory)
    }

    /// What SQLite keeps beside a file.
    static let companions = ["-journal", "-wal", "-shm"]

    /// A connection for reading; `immutable` for a sealed segment.
    func openForReading(immutable: Bool) throws -> DatabaseQueue {
        var configuration = Self.configuration()
        configuration.readonly = true
        guard immutable else { return try DatabaseQueue(path: path, configuration: configuration) }
        // SQLite takes no lock and makes no file beside it.
        let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
        return try DatabaseQueue(
            path: "file:\(escaped)?immutable=1", configuration: configuration)
    }

    static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.label = "chancery.segment"
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        return configuration
    }
}

/// The row of table `segment` (FORMAT 5.1).
struct SegmentIdentity: Sendable, Equatable {
    let generation: UInt64
    let firstIndex: UInt64
    let origin: String
    /// Leaf hash before `firstIndex`; nil at 0.
    let previous: Digest32?
}
