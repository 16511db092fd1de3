import ContactModel
import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

/// Somebody who was erased is known again by the address, and only then.
@Suite struct SuppressionTests {
    private static let entries = "SELECT count(*) FROM suppressed"

    /// Sealed, remembered, and not erased yet.
    private func remembered(
        _ tag: SubjectTag, _ email: String, _ keeper: KeyCustodian
    ) async throws {
        let value = try await keeper.sealed([.sample(tag, text: email)])[0]
        try await keeper.suppression.remember(
            BoundValue(binding: try .sample(tag), value: value))
    }

    private func isSuppressed(_ email: String, _ keeper: KeyCustodian) async throws -> Bool {
        try await keeper.suppression.isSuppressed([Array(email.utf8)])[0]
    }

    @Test func anAddressCountsFromTheErasureOnAndForGood() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let (tag, kept) = (Sample.tag, Sample.tag)
        let orders = ErasureOrders()
        try await fixture.withKeeper { keeper in
            try await remembered(tag, "ada@example.org", keeper)
            try await remembered(kept, "bob@example.org", keeper)
            // Ordered, even, and not carried out.
            let order = try await orders.order(tag, keeper)
            let before = try await isSuppressed("ada@example.org", keeper)
            _ = try await keeper.eraser.erase([order])
            let after = try await isSuppressed("ada@example.org", keeper)
            #expect(!before && after)
        }
        func check(_ keeper: KeyCustodian) async throws {
            let emails = ["bob@example.org", "ada@example.org", "eve@example.org", "ada@example"]
            let answers = try await keeper.suppression.isSuppressed(emails.map { Array($0.utf8) })
            #expect(answers == [false, true, false, false])
        }
        // After a start, and under the root of another erasure.
        try await fixture.withKeeper { keeper in
            try await check(keeper)
            let other = Sample.tag
            _ = try await keeper.sealed([.sample(other)])
            _ = try await keeper.eraser.erase([try await orders.order(other, keeper)])
            try await check(keeper)
        }
        try await fixture.withKeeper { try await check($0) }
        // Whoever comes back by themselves, under another tag, changes nothing about that.
        try await fixture.withKeeper { keeper in
            _ = try await keeper.sealed([.sample(Sample.tag, text: "ada@example.org")])
            try await check(keeper)
        }
    }

    @Test func aCopyOfTheKeystoreKeepsIt() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let target = try KeeperFixture.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: target) }
        try await fixture.withKeeper { keeper in
            try await remembered(Sample.tag, "ada@example.org", keeper)
            try await KeysBackup.make(of: fixture.keys, in: target)
        }
        #expect(try KeeperFixture.rows(Self.entries, in: target + "/" + Keystore.fileName) == 1)
    }

    @Test func whatCannotBeReadIsLeftOutAndWhatIsNoAddressRefused() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let tag = Sample.tag
            let value = try await keeper.sealed([.sample(tag)])[0]
            // Moved to another contact, and of one without a key.
            for other in [Sample.tag, try SubjectTag.sampleNeighbour(of: tag)] {
                try await keeper.suppression.remember(
                    BoundValue(binding: try .sample(other), value: value))
            }
            #expect(try fixture.rows(Self.entries) == 0)
            await #expect(throws: KeyCustodyError.self) {
                try await keeper.suppression.remember(
                    BoundValue(binding: try .sample(tag, field: "fullName"), value: value))
            }
            for emails in [[[]], [[UInt8](repeating: 1, count: 2_000)]] as [[[UInt8]]] {
                await #expect(throws: KeyCustodyError.self) {
                    _ = try await keeper.suppression.isSuppressed(emails)
                }
            }
            #expect(try await keeper.suppression.isSuppressed([]) == [])
        }
    }

    /// Twice authorized, or of an address that somebody had before: one row for each.
    @Test func theSameIsWrittenOnce() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let tag = Sample.tag
            for _ in 0..<2 { try await remembered(tag, "ada@example.org", keeper) }
            #expect(try fixture.rows(Self.entries) == 1)
            try await remembered(Sample.tag, "ada@example.org", keeper)
            #expect(try fixture.rows(Self.entries) == 2)
        }
    }

    /// Whoever writes to the file makes no row of another's: not for somebody else, nor of somebody who is there.
    @Test(arguments: [
        "UPDATE suppressed SET tag = randomblob(16)", "UPDATE suppressed SET mac = zeroblob(32)",
        "UPDATE suppressed SET tag = x'00'",
    ])
    func anAlteredRowIsRefused(sql: String) async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            try await remembered(Sample.tag, "ada@example.org", keeper)
        }
        try fixture.tamper(sql)
        try await fixture.withKeeper { keeper in
            let error = await #expect(throws: KeyCustodyError.self) {
                _ = try await isSuppressed("ada@example.org", keeper)
            }
            #expect(error?.code == .corrupt)
            let other = try await isSuppressed("bob@example.org", keeper)
            #expect(!other)
        }
    }

    /// A keystore from before it knew of this starts, and its copies are read.
    @Test func aKeystoreOfTheVersionBeforeGoesOn() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let target = try KeeperFixture.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: target) }
        let tag = Sample.tag
        let value = try await fixture.withKeeper { try await $0.sealed([.sample(tag)])[0] }
        try fixture.tamper("DROP TABLE suppressed; PRAGMA user_version = 6")
        try await KeysBackup.make(of: fixture.keys, in: target)
        for _ in 0..<2 {
            try await fixture.withKeeper { keeper in
                let bound = BoundValue(binding: try .sample(tag), value: value)
                #expect(try await keeper.cipher.decrypt([bound]).first?.text == "a@example.org")
                try await keeper.suppression.remember(bound)
            }
            #expect(try fixture.rows(Self.entries) == 1)
            #expect(try fixture.rows("PRAGMA user_version") == 7)
        }
    }
}

extension SubjectTag {
    /// Of the same bucket, and without a key.
    fileprivate static func sampleNeighbour(of tag: SubjectTag) throws -> SubjectTag {
        try #require(
            SubjectTag(Array(tag.bytes.prefix(2)) + SubjectTag.random().bytes.dropFirst(2)))
    }
}
