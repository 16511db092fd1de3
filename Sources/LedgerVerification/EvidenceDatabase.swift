internal import GRDBSQLite
internal import LedgerFormat

/// One read-only SQLite connection to a file that nobody vouches for.
///
/// It runs fixed statements only, with every defence that a reader needs: no trusted schema, no
/// writes, checked cells, no extensions, and a length limit below which a row of a segment fits.
/// (`SQLITE_DBCONFIG_DEFENSIVE` forbids SQL that this connection never runs.)
///
/// Unchecked because the pointer is not Sendable: a connection is used by one task at a time; SQLite
/// is told so by `SQLITE_OPEN_NOMUTEX`.
final class EvidenceDatabase: @unchecked Sendable {
    enum Mode {
        /// Final and immutable: no lock is taken, and no `-wal`, `-shm` or `-journal` is looked at.
        case sealed
        /// May be being written: ordinary locks, one read transaction.
        case live
        /// A copy of our own, in which a journal may have to be rolled back first.
        case copied
    }

    /// A whole row: header, payload, and SQLite's own record header.
    private static let rowLimit =
        LedgerLimits.maxPayloadBytes + LedgerLimits.maxHeaderBytes + 4_096

    private let handle: OpaquePointer

    /// - Throws: `DatabaseProblem` when the file cannot be opened as a database.
    init(path: String, mode: Mode) throws(DatabaseProblem) {
        var pointer: OpaquePointer?
        let access = mode == .copied ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
        let flags = access | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(Self.uri(path: path, mode: mode), &pointer, flags, nil)
        guard code == SQLITE_OK, let pointer else {
            let message = pointer.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(pointer)
            throw DatabaseProblem(code: code, message: message)
        }
        handle = pointer
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, 5_000)
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Int32(Self.rowLimit))
        sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, 4_096)
        sqlite3_limit(handle, SQLITE_LIMIT_COLUMN, 16)
        sqlite3_limit(handle, SQLITE_LIMIT_EXPR_DEPTH, 32)
        sqlite3_limit(handle, SQLITE_LIMIT_COMPOUND_SELECT, 4)
        sqlite3_limit(handle, SQLITE_LIMIT_VDBE_OP, 10_000)
        sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
        sqlite3_limit(handle, SQLITE_LIMIT_TRIGGER_DEPTH, 1)
        sqlite3_limit(handle, SQLITE_LIMIT_WORKER_THREADS, 0)
        // Memory mapping would turn a file cut short while we read into a signal.
        for pragma in [
            "trusted_schema=OFF", "cell_size_check=ON", "query_only=ON", "mmap_size=0",
            "cache_size=-2048",
        ] {
            try run("PRAGMA \(pragma)")
        }
    }

    deinit {
        sqlite3_close_v2(handle)
    }

    func run(_ sql: String) throws(DatabaseProblem) {
        let statement = try prepare(sql)
        while try statement.step() {}
    }

    func prepare(_ sql: String) throws(DatabaseProblem) -> EvidenceStatement {
        var pointer: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, 0, &pointer, nil)
        guard code == SQLITE_OK, let pointer else { throw problem(code) }
        return EvidenceStatement(pointer, database: self)
    }

    /// The one integer that `sql` gives, or nil when it gives none.
    func integer(_ sql: String) throws(DatabaseProblem) -> Int64? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.integer(0) : nil
    }

    func problem(_ code: Int32) -> DatabaseProblem {
        DatabaseProblem(code: code, message: String(cString: sqlite3_errmsg(handle)))
    }

    /// The path as a URI, every byte that could mean something else escaped.
    private static func uri(path: String, mode: Mode) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes = Array("file:".utf8)
        for byte in path.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F:
                bytes.append(byte)
            default:
                bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        switch mode {
        case .sealed: bytes += Array("?mode=ro&immutable=1".utf8)
        case .live: bytes += Array("?mode=ro".utf8)
        case .copied: break
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
