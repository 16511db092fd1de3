import Foundation
import GRDB
import LedgerFormat
import Synchronization
import Testing

@testable import KeyCustody

/// A data directory's `keys/` with a software TPM of its own. The first one of a test run is made by a real
/// first start; the others are copies of both, which are just as real and spare an RSA-4096 key each.
final class KeeperFixture: Sendable {
    static let logName = "chancery.test"

    let home: String
    let tpm: SoftwareTPM
    let clock = ManualClock()

    var keys: String { home + "/keys" }
    var keystorePath: String { keys + "/keystore.sqlite" }

    private static let templateHome = Mutex<String?>(nil)
    private static let templateTask = Task<String, any Error> {
        let home = try makeDirectory()
        templateHome.withLock { $0 = home }
        atexit {
            let home = KeeperFixture.templateHome.withLock { $0 }
            if let home { try? FileManager.default.removeItem(atPath: home) }
        }
        let tpm = try SoftwareTPM.manufacture(in: home + "/tpm")
        try tpm.start()
        try await TestPolicy.install(tpm, in: home + "/keys")
        let custodian = try await KeyCustodian.open(
            directory: home + "/keys", logName: logName, tpm: tpm.device())
        try await custodian.close()
        tpm.stop()
        return home
    }

    private init(home: String) {
        self.home = home
        tpm = SoftwareTPM(directory: home + "/tpm")
    }

    deinit {
        tpm.stop()
        try? FileManager.default.removeItem(atPath: home)
    }

    /// With keys already made, TPM running.
    static func provisioned() async throws -> KeeperFixture {
        let template = try await templateTask.value
        let fixture = KeeperFixture(home: try makeDirectory())
        for part in ["keys", "tpm"] {
            try FileManager.default.copyItem(
                atPath: "\(template)/\(part)", toPath: "\(fixture.home)/\(part)")
        }
        try fixture.tpm.start()
        return fixture
    }

    /// Without keys, but for the operator's policy, TPM running.
    static func empty() async throws -> KeeperFixture {
        let fixture = try await provisioned()
        for name in try fixture.files().keys where !name.hasPrefix("policy-") {
            try FileManager.default.removeItem(atPath: "\(fixture.keys)/\(name)")
        }
        return fixture
    }

    func open(
        name: String = KeeperFixture.logName, recovering: Bool = false
    ) async throws -> KeyCustodian {
        try await KeyCustodian.open(
            directory: keys, logName: name, tpm: tpm.device(), clock: clock.clock,
            recovering: recovering)
    }

    /// Opens, runs `body`, closes: one life of the keeper.
    func withKeeper<Value>(_ body: (KeyCustodian) async throws -> Value) async throws -> Value {
        let custodian = try await open()
        do {
            let value = try await body(custodian)
            try await custodian.close()
            return value
        } catch {
            try? await custodian.close()
            throw error
        }
    }

    /// Changes the keystore behind the keeper's back.
    func tamper(_ sql: String, _ arguments: StatementArguments = []) throws {
        let queue = try DatabaseQueue(path: keystorePath)
        try queue.write { try $0.execute(sql: sql, arguments: arguments) }
        try queue.close()
    }

    func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> Int {
        try Self.rows(sql, arguments, in: keystorePath)
    }

    static func rows(
        _ sql: String, _ arguments: StatementArguments = [], in path: String
    ) throws -> Int {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { try Int.fetchOne($0, sql: sql, arguments: arguments) ?? 0 }
    }

    func blob(_ sql: String) throws -> Data {
        let queue = try DatabaseQueue(path: keystorePath)
        defer { try? queue.close() }
        return try #require(try queue.read { try Data.fetchOne($0, sql: sql) })
    }

    /// The same, and the files as a kill just after it leaves them: the change is in the write-ahead log alone.
    func tamperAndKill(_ sql: String) throws {
        let files = FileManager.default
        let queue = try DatabaseQueue(path: keystorePath)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 0")
            try db.execute(sql: sql)
            for suffix in ["", "-wal"] {
                try files.copyItem(
                    atPath: keystorePath + suffix, toPath: home + "/aside" + suffix)
            }
        }
        try queue.close()
        for suffix in ["", "-wal"] {
            try? files.removeItem(atPath: keystorePath + suffix)
            try files.moveItem(atPath: home + "/aside" + suffix, toPath: keystorePath + suffix)
        }
    }

    /// Another connection that holds what it sees, or the right to write, until it ends.
    struct OpenTransaction {
        private let queue: DatabaseQueue

        init(_ path: String, _ begin: String) throws {
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: begin)
                _ = try Row.fetchAll(db, sql: "SELECT count(*) FROM idempotency_key")
            }
        }

        func end() throws {
            try queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
            try queue.close()
        }
    }

    func openReader() throws -> OpenTransaction { try OpenTransaction(keystorePath, "BEGIN") }
    func openWriter() throws -> OpenTransaction {
        try OpenTransaction(keystorePath, "BEGIN IMMEDIATE")
    }

    /// Every file below `keys/`, by name.
    func files() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: keys) {
            files[name] = try Data(contentsOf: URL(fileURLWithPath: "\(keys)/\(name)"))
        }
        return files
    }

    /// Short, because socket paths are.
    static func makeDirectory() throws -> String {
        var template = Array("/tmp/ckXXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap(mkdtemp).map { String(cString: $0) }
        }
        return try #require(made)
    }
}

/// A clock that stands until it is moved. Starts at 2026-11-23 12:00 UTC.
final class ManualClock: Sendable {
    private let seconds = Mutex<Int64>(1_795_435_200)

    var clock: KeeperClock {
        KeeperClock { [weak self] in self?.seconds.withLock { $0 } ?? 0 }
    }

    func advance(hours: Int64) { advance(seconds: hours * 3_600) }

    func advance(seconds: Int64) {
        self.seconds.withLock { $0 += seconds }
    }
}
