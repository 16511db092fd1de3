internal import GRDBSQLite

/// SQLite's own words about a file it cannot read.
struct DatabaseProblem: Error {
    /// Extended result code.
    let code: Int32
    let message: String

    /// The file itself may be sound, but this place does not let SQLite open it: read-only media, or
    /// a directory where the shared-memory index of the write-ahead log cannot be made.
    var isPlaceNotFile: Bool {
        switch code & 0xFF {
        case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM: true
        default: false
        }
    }

    /// The system failed the reader; nothing is said about the evidence.
    var isOfTheSystem: Bool {
        switch code & 0xFF {
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY, SQLITE_NOMEM, SQLITE_BUSY: true
        // No room to roll a copy back; a race for locks with a writer that was lost too often.
        case SQLITE_FULL, SQLITE_PROTOCOL: true
        // A short read is a file cut off.
        case SQLITE_IOERR: code != SQLITE_IOERR | 2 << 8
        default: false
        }
    }
}
