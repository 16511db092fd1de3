package import Foundation
package import GRDB
import GRDBSQLite
import LedgerFormat

/// A statement of SQLite's own, prepared once and used for every entry: what an append asks and writes passes here, and a
/// library's arguments and rows would cost it more than the tables do (measured: half of a look-up).
///
/// Belongs to one connection and is used only in accesses of it, which GRDB makes one at a time; hence Sendable.
/// Parameters and columns count as SQLite has it, from 1 and from 0.
package final class RawStatement: @unchecked Sendable {
    /// Nil once finalized: every step then fails with SQLITE_MISUSE.
    private var handle: OpaquePointer?

    package init(_ db: Database, _ sql: String) throws {
        guard let connection = db.sqliteConnection else {
            throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "the connection is closed")
        }
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(
            connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
        self.handle = handle
    }

    deinit { sqlite3_finalize(handle) }

    fileprivate func finalize() {
        sqlite3_finalize(handle)
        handle = nil
    }

    // MARK: - Running

    /// Runs to the end, for a statement without rows.
    package func run() throws {
        defer { reset() }
        guard try step() else { return }
        while try step() {}
    }

    /// - Returns: what `body` makes of the first row; nil without one.
    func first<Value>(_ body: (RawStatement) throws -> Value) throws -> Value? {
        defer { reset() }
        return try step() ? try body(self) : nil
    }

    func forEach(_ body: (RawStatement) throws -> Void) throws {
        defer { reset() }
        while try step() { try body(self) }
    }

    private func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
    }

    /// Keeps what is bound.
    private func reset() { sqlite3_reset(handle) }

    // MARK: - Parameters

    // A value that cannot be bound (too large, out of memory) leaves the parameter null, which the columns of ours
    // refuse, or matches nothing.

    package func bind(_ position: Int32, _ value: Int64) {
        sqlite3_bind_int64(handle, position, value)
    }

    package func bind(_ position: Int32, _ value: UInt64) {
        bind(position, Int64(clamping: value))
    }

    package func bindNull(_ position: Int32) { sqlite3_bind_null(handle, position) }

    package func bind(_ position: Int32, _ value: Int64?) {
        if let value { bind(position, value) } else { bindNull(position) }
    }

    package func bind(_ position: Int32, _ text: String) {
        var text = text
        text.withUTF8 { bytes in
            let copy = Self.copy(UnsafeRawBufferPointer(bytes))
            sqlite3_bind_text(
                handle, position, copy?.assumingMemoryBound(to: CChar.self),
                Int32(clamping: bytes.count), Self.release)
        }
    }

    package func bind(_ position: Int32, _ text: String?) {
        if let text { bind(position, text) } else { bindNull(position) }
    }

    package func bind(_ position: Int32, blob: some ContiguousBytes) {
        blob.withUnsafeBytes { bytes in
            _ = sqlite3_bind_blob(
                handle, position, Self.copy(bytes), Int32(clamping: bytes.count), Self.release)
        }
    }

    package func bind(_ position: Int32, blob: Data?) {
        if let blob { bind(position, blob: blob as Data) } else { bindNull(position) }
    }

    /// SQLite keeps what is bound until something else is: a copy, which it gives back by `release`.
    private static func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutableRawPointer? {
        // Never nothing, which would bind null.
        let copy = malloc(max(bytes.count, 1))
        if let source = bytes.baseAddress { copy?.copyMemory(from: source, byteCount: bytes.count) }
        return copy
    }

    private static let release: @convention(c) (UnsafeMutableRawPointer?) -> Void = { free($0) }

    // MARK: - Columns

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    /// Columns of ours are never negative; a damaged file must not trap.
    func number(_ column: Int32) -> UInt64 {
        UInt64(clamping: sqlite3_column_int64(handle, column))
    }

    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let size = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeRawBufferPointer(start: start, count: size), as: UTF8.self)
    }

    /// The blob's bytes, lent until the next step.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: sqlite3_column_blob(handle, column),
            count: Int(sqlite3_column_bytes(handle, column)))
    }
}

/// The statements prepared for a connection. They have to be gone before it can be closed.
package final class StatementSet: @unchecked Sendable {
    private let db: Database
    private var statements: [RawStatement] = []

    package init(_ db: Database) { self.db = db }

    package func prepare(_ sql: String) throws -> RawStatement {
        let statement = try RawStatement(db, sql)
        statements.append(statement)
        return statement
    }

    /// In an access of the connection, the last one.
    package func finalize() {
        for statement in statements { statement.finalize() }
        statements = []
    }
}
