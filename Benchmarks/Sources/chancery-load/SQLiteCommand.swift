import ArgumentParser
import Foundation
import GRDBSQLite

/// The least that a durable ledger could cost: rows into a WAL database, fsynced once a group, with nothing
/// hashed, signed, checked or projected.
struct SQLiteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sqlite", abstract: "Baseline: a bare SQLite group-commit loop.")

    @Option(help: "Rows a commit.") var group = 64
    @Option(help: "Bytes a row.") var bytes = 600
    @Option(help: "Seconds to run.") var seconds = 5.0
    @Option(help: "Directory to write in; the same file system as the ledger's.") var directory:
        String

    func run() throws {
        let path = directory + "/baseline.sqlite"
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
        defer { for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) } }
        var database: OpaquePointer?
        try check(sqlite3_open(path, &database), "open")
        defer { sqlite3_close(database) }
        for statement in [
            "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA wal_autocheckpoint=0",
            "CREATE TABLE row(number INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
        ] {
            try check(sqlite3_exec(database, statement, nil, nil, nil), statement)
        }
        var insert: OpaquePointer?
        try check(
            sqlite3_prepare_v2(database, "INSERT INTO row(bytes) VALUES (?)", -1, &insert, nil),
            "prepare")
        defer { sqlite3_finalize(insert) }
        let row = [UInt8](unsafeUninitializedCapacity: bytes) { buffer, count in
            for index in 0..<bytes { buffer[index] = UInt8.random(in: 0...255) }
            count = bytes
        }
        var latencies = Latencies()
        var count = 0
        let clock = ContinuousClock()
        let begin = clock.now
        let deadline = begin + .seconds(seconds)
        while clock.now < deadline {
            let start = clock.now
            try check(sqlite3_exec(database, "BEGIN", nil, nil, nil), "BEGIN")
            for _ in 0..<group {
                sqlite3_bind_blob(insert, 1, row, Int32(bytes), nil)
                let code = sqlite3_step(insert)
                guard code == SQLITE_DONE else { throw LoadError("insert failed: \(code)") }
                sqlite3_reset(insert)
            }
            try check(sqlite3_exec(database, "COMMIT", nil, nil, nil), "COMMIT")
            latencies.add(clock.now - start)
            count += group
        }
        try Figures(
            name: "sqlite \(bytes) B x \(group)", count: count, seconds: elapsed(since: begin),
            latencies: latencies
        ).printLine()
    }

    private func check(_ code: Int32, _ what: String) throws {
        guard code == SQLITE_OK else { throw LoadError("SQLite: \(what) failed with \(code)") }
    }
}

func elapsed(since begin: ContinuousClock.Instant) -> Double {
    let (seconds, attoseconds) = (ContinuousClock().now - begin).components
    return Double(seconds) + Double(attoseconds) / 1e18
}
