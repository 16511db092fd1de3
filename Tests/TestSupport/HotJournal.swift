import Foundation
import GRDB

public enum HotJournal {
    /// Leaves a database as a kill does in the middle of a transaction that has begun to write to the file, in
    /// rollback-journal mode.
    public static func leave(beside path: String) throws {
        let files = FileManager.default
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA cache_size = 1;
                    BEGIN; CREATE TABLE filler (bytes)
                    """)
            for _ in 0..<50 { try db.execute(sql: "INSERT INTO filler VALUES (zeroblob(4000))") }
            for suffix in ["", "-journal"] {
                try files.copyItem(atPath: path + suffix, toPath: path + suffix + ".aside")
            }
            try db.execute(sql: "ROLLBACK")
        }
        try queue.close()
        for suffix in ["", "-journal"] {
            try? files.removeItem(atPath: path + suffix)
            try files.moveItem(atPath: path + suffix + ".aside", toPath: path + suffix)
        }
    }
}
