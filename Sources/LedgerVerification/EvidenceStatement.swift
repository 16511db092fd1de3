internal import GRDBSQLite

/// A prepared statement. Column readers answer nil for a value of another type or beyond its limit,
/// so that a hostile file can neither coerce nor inflate anything.
///
/// Blobs are lent: a pointer is good until the next `step`.
final class EvidenceStatement {
    private let handle: OpaquePointer
    // Keeps the connection open for as long as the statement lives.
    private let database: EvidenceDatabase

    init(_ handle: OpaquePointer, database: EvidenceDatabase) {
        self.handle = handle
        self.database = database
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// - Returns: whether there is a row.
    func step() throws(DatabaseProblem) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw database.problem(code)
        }
    }

    func bind(_ value: Int64, at position: Int32) throws(DatabaseProblem) {
        let code = sqlite3_bind_int64(handle, position, value)
        guard code == SQLITE_OK else { throw database.problem(code) }
    }

    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    func integer(_ column: Int32) -> Int64? {
        guard sqlite3_column_type(handle, column) == SQLITE_INTEGER else { return nil }
        return sqlite3_column_int64(handle, column)
    }

    /// An integer of the format: from 0 to 2^53 − 1.
    func formatInteger(_ column: Int32) -> UInt64? {
        guard let value = integer(column), value >= 0, value < 1 << 53 else { return nil }
        return UInt64(value)
    }

    /// Number of bytes of the blob in `column`, without reading it.
    func blobSize(_ column: Int32) -> Int? {
        guard sqlite3_column_type(handle, column) == SQLITE_BLOB else { return nil }
        return Int(sqlite3_column_bytes(handle, column))
    }

    /// The blob in `column`, if it has at most `limit` bytes.
    func blob(_ column: Int32, atMost limit: Int) -> UnsafeRawBufferPointer? {
        guard let size = blobSize(column), size <= limit else { return nil }
        guard size > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        guard let start = sqlite3_column_blob(handle, column) else { return nil }
        return UnsafeRawBufferPointer(start: start, count: size)
    }

    func text(_ column: Int32, atMost limit: Int) -> String? {
        guard sqlite3_column_type(handle, column) == SQLITE_TEXT,
            let start = sqlite3_column_text(handle, column)
        else { return nil }
        let size = Int(sqlite3_column_bytes(handle, column))
        guard size <= limit else { return nil }
        return String(validating: UnsafeRawBufferPointer(start: start, count: size), as: UTF8.self)
    }
}
