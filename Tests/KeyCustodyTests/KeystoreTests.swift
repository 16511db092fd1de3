import Foundation
import GRDB
import Synchronization
import Testing

@testable import KeyCustody

@Suite struct KeystoreTests {
    @Test func settingsMakeCommitsDurable() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let keystore = try Keystore.open(at: fixture.keystorePath)
        let settings = try await keystore.commit { db in
            [
                try Int.fetchOne(db, sql: "PRAGMA synchronous"),
                try Int.fetchOne(db, sql: "PRAGMA secure_delete"),
                try Int.fetchOne(db, sql: "PRAGMA wal_autocheckpoint"),
                try Int.fetchOne(db, sql: "PRAGMA page_size"),
            ]
        }
        #expect(settings == [2, 1, 0, 1_024])
        #expect(
            try await keystore.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal"
        )
        try await keystore.close()
    }

    /// ```
    /// works   1 … 40 arrive together
    /// writer  BEGIN  1 ok  2 refuses, having written  ROLLBACK  BEGIN  1 ok  3 ok …  COMMIT
    /// ```
    @Test func refusedWorksDisturbNoneOfTheirGroup() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let keystore = try Keystore.open(at: fixture.keystorePath)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<40 {
                group.addTask {
                    let done: Void? = try? await keystore.commit { db in
                        if number % 4 == 1 { throw KeyCustodyError(.invalid, "refused") }
                        try db.execute(
                            sql: "INSERT INTO dek VALUES (?, x'00', 0)", arguments: ["k\(number)"])
                        if number % 4 == 3 { throw KeyCustodyError(.invalid, "refused late") }
                    }
                    return done != nil
                }
            }
            return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        #expect(outcomes == [true: 20, false: 20])
        #expect(
            try await keystore.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM dek") } == 20)
        try await keystore.close()
    }

    /// ```
    /// writer   held by work 0 ····················· │ sign │ keys …
    /// waiting      keys 1 … 40, then sign ──────────┘
    /// ```
    @Test func signingGoesBeforeTheKeysThatWait() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let keystore = try Keystore.open(at: fixture.keystorePath)
        let order = Order()
        let (held, hold) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let first = Task {
            try await keystore.commit { _ in
                held.signal()
                hold.wait()
            }
        }
        await Task.detached { held.wait() }.value
        let keys = (0..<40).map { number in
            Task {
                try await keystore.commit(weight: CustodyLimits.maxWeightPerCommit) { _ in
                    order.add("key \(number)")
                }
            }
        }
        while keystore.waiting < 40 { await Task.yield() }
        let sign = Task {
            try await keystore.commit(.signing) { _ in order.add("sign") }
        }
        while keystore.waiting < 41 { await Task.yield() }
        hold.signal()
        for task in [first, sign] + keys { try await task.value }
        #expect(order.all.first == "sign")
        #expect(order.all.count == 41)
        try await keystore.close()
    }

    private final class Order: Sendable {
        private let names = Mutex<[String]>([])
        func add(_ name: String) { names.withLock { $0.append(name) } }
        var all: [String] { names.withLock { $0 } }
    }

    /// A signer that always has more to sign does not keep the keys from their turn.
    @Test func keysGetTheirTurnBetweenSignatures() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let done = Mutex(false)
            let signing = Task {
                var size = 0
                while !done.withLock({ $0 }) {
                    _ = try await keeper.treeSigner.extend(
                        generation: 1, fromSize: UInt64(size),
                        leafHashes: Sample.leaves(size..<size + 1))
                    size += 1
                }
                return size
            }
            for _ in 0..<20 { _ = try await keeper.sealed([.sample(Sample.tag)]) }
            done.withLock { $0 = true }
            #expect(try await signing.value > 0)
            #expect(keeper.subjectCount == 20)
        }
    }

    /// ```
    /// writer        commit ── answers ──────── a copy is due
    /// caller                          └─ closes
    /// ```
    /// SQLite ends the process that has a closed connection copied.
    @Test func aCopyThatIsDueWhenTheKeystoreClosesIsLeftAlone() async throws {
        let fixture = try await KeeperFixture.provisioned()
        for _ in 0..<50 {
            let keystore = try Keystore.open(at: fixture.keystorePath)
            try await keystore.commit(weight: 8_192) { _ in }
            try await keystore.close()
            #expect(await !keystore.truncateLog())
        }
    }

    /// No commit ever copies the log into the file; the checkpointer does, and the log does not grow for ever.
    @Test func theLogIsCopiedBesideTheWriterAndBegunAgain() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let keystore = try Keystore.open(at: fixture.keystorePath)
        let size = { try Int64(fixture.files()["keystore.sqlite-wal"]?.count ?? 0) }
        for round in 0..<60 {
            try await keystore.commit(weight: 8_192) { db in
                for number in 0..<64 {
                    try db.execute(
                        sql: "INSERT INTO dek VALUES (?, zeroblob(16000), 0)",
                        arguments: ["\(round) \(number)"])
                }
            }
            await keystore.checkpointed()
        }
        // 60 MB were written.
        #expect(try size() < 40_000_000)
        try await keystore.close()
        #expect(try fixture.rows("SELECT count(*) FROM dek") == 60 * 64)
    }

    @Test func keystoreThatCannotBeWrittenFailsClosedAndRecovers() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let other = try DatabaseQueue(
                path: fixture.keystorePath, configuration: configuration)
            try await other.writeWithoutTransaction { db in
                try db.execute(sql: "BEGIN IMMEDIATE")
            }
            let leaves = try Sample.leaves(0..<3)
            let sign = await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.treeSigner.extend(
                    generation: 1, fromSize: 0, leafHashes: leaves)
            }
            #expect(sign?.code == .unavailable)
            let encrypt = await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.sealed([.sample(Sample.tag)])
            }
            #expect(encrypt?.code == .unavailable)
            try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
            try other.close()

            // Nothing of what failed was kept in memory either.
            #expect(keeper.subjectCount == 0)
            _ = try await keeper.treeSigner.extend(generation: 1, fromSize: 0, leafHashes: leaves)
            #expect(try await keeper.treeSigner.recordedSize() == 3)
            _ = try await keeper.sealed([.sample(Sample.tag)])
            #expect(keeper.subjectCount == 1)
        }
    }

    @Test func otherFilesAreNoKeystores() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try fixture.tamper("PRAGMA user_version = 8")
        let newer = await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
        #expect(newer?.message.contains("version 8, need 7") == true)
        try Data("this is not a database, far from it".utf8).write(
            to: URL(fileURLWithPath: fixture.keystorePath))
        let garbage = await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
        #expect(garbage?.code == .cannotStart)
        #expect(garbage?.message.contains("keystore.sqlite") == true)
    }
}
