import Foundation
import GRDB
import LedgerFormat

extension SegmentFile {
    /// Keeps the file as it is under another name, for whoever wants to look at it.
    func setAside(in directory: String) throws {
        try emptyLog()
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let name = SegmentSchema.fileName(segment: number)
        var (copy, count) = ("\(directory)/\(name)", 1)
        while DurableFile.exists(copy) {
            count += 1
            copy = "\(directory)/\(name).\(count)"
        }
        guard link(path, copy) == 0 else {
            throw LedgerStoreError(
                .unavailable,
                "Cannot keep \(name) in \(directory): \(String(cString: strerror(errno))).")
        }
        try DurableFile.sync(directory)
    }

    /// Replaces the segment by one that ends at `size`, which must be a boundary of it: whole or not at all.
    func cut(to size: UInt64) throws {
        try emptyLog()
        for suffix in [""] + Self.companions {
            try DurableFile.removeIfPresent(creatingPath + suffix)
        }
        let queue = try DatabaseQueue(path: creatingPath, configuration: Self.configuration())
        try queue.writeWithoutTransaction { db in
            try Self.begin(db)
            try db.execute(sql: "ATTACH ? AS whole", arguments: [path])
            try db.inTransaction {
                for (table, condition) in [
                    ("segment", "true"), ("entry", "idx < ?1"), ("boundary", "size <= ?1"),
                    ("checkpoint", "size <= ?1"), ("published", "size <= ?1"),
                ] {
                    try db.execute(
                        sql: "INSERT INTO \(table) SELECT * FROM whole.\(table) WHERE \(condition)",
                        arguments: condition.contains("?") ? [Int64(clamping: size)] : [])
                }
                return .commit
            }
        }
        try queue.close()
        try DurableFile.sync(creatingPath)
        for suffix in Self.companions { try DurableFile.removeIfPresent(path + suffix) }
        try DurableFile.rename(creatingPath, to: path)
    }

    /// Moves all of the log into the file, which then is all there is.
    private func emptyLog() throws {
        let queue = try DatabaseQueue(path: path, configuration: Self.configuration())
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
        try queue.close()
        guard DurableFile.size(path + "-wal") == 0 else {
            throw LedgerStoreError(
                .unavailable, "Another process is reading segment \(number); end it first.")
        }
        try DurableFile.sync(path)
    }
}
