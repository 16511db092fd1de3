import Foundation
import GRDB
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
            ]
        }
        #expect(settings == [2, 1])
        #expect(
            try await keystore.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal"
        )
        try keystore.close()
    }

    /// ```
    /// works   1 … 40 arrive together
    /// writer  BEGIN  1 ok  2 refuses (rolled back to its savepoint)  3 ok …  COMMIT
    /// ```
    @Test func refusedWorksDisturbNoneOfTheirGroup() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let keystore = try Keystore.open(at: fixture.keystorePath)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<40 {
                group.addTask {
                    let done: Void? = try? await keystore.commit { db in
                        try db.execute(
                            sql: "INSERT INTO dek VALUES (?, x'00', 0)", arguments: ["k\(number)"])
                        if number % 2 == 1 { throw KeyCustodyError(.invalid, "refused") }
                    }
                    return done != nil
                }
            }
            return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        #expect(outcomes == [true: 20, false: 20])
        #expect(
            try await keystore.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM dek") } == 20)
        try keystore.close()
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
        try fixture.tamper("PRAGMA user_version = 2")
        let newer = await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
        #expect(newer?.message.contains("version 2, need 1") == true)
        try Data("this is not a database, far from it".utf8).write(
            to: URL(fileURLWithPath: fixture.keystorePath))
        let garbage = await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
        #expect(garbage?.code == .cannotStart)
        #expect(garbage?.message.contains("keystore.sqlite") == true)
    }
}
