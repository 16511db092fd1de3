import Foundation
import Testing

@testable import KeyCustody

@Suite struct IdempotencyTests {
    private let input = IdempotencyInput(key: "k-1", requestDigest: Sample.digest)

    @Test func tagsAreStableWithinADayAndAcrossARestart() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let first = try await fixture.withKeeper {
            try await $0.idempotency.tags(principal: "p", [input])
        }
        fixture.clock.advance(hours: 11)
        let second = try await fixture.withKeeper {
            try await $0.idempotency.tags(principal: "p", [input])
        }
        #expect(first == second)
        #expect(first.map(\.count) == [1])
    }

    @Test func everyPartCounts() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            var other = Sample.digest
            other[0] ^= 1
            let inputs = [
                input, IdempotencyInput(key: "k-2", requestDigest: Sample.digest),
                IdempotencyInput(key: "k-1", requestDigest: other),
            ]
            let tags = try await keeper.idempotency.tags(principal: "p", inputs).flatMap { $0 }
            #expect(tags.count == 3)
            #expect(tags[0].key != tags[1].key)
            #expect(tags[0].key == tags[2].key)
            #expect(tags[0].request != tags[2].request)
            #expect(tags[0].key != tags[0].request)
            // The parts do not run together: principal "pk" with key "-1" is not "p" with "k-1".
            let shifted = try await keeper.idempotency.tags(
                principal: "pk", [IdempotencyInput(key: "-1", requestDigest: Sample.digest)])
            #expect(shifted[0][0].key != tags[0].key)
        }
    }

    @Test func retryAcrossMidnightIsRecognized() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let before = try await keeper.idempotency.tags(principal: "p", [input])
            fixture.clock.advance(hours: 13)
            let after = try await keeper.idempotency.tags(principal: "p", [input])
            #expect(after == before)
            fixture.clock.advance(hours: 11)
            let nextKey = try await keeper.idempotency.tags(principal: "p", [input])
            #expect(nextKey[0].count == 2)
            #expect(nextKey[0][0] != before[0][0], "the newest key's comes first")
            #expect(nextKey[0][1] == before[0][0])
        }
    }

    /// Whenever in a key's life a request comes, it is known for the 24 hours after.
    @Test(arguments: [0, 1, 23, 24, 25, 47, 60] as [Int64])
    func aRequestIsRecognizedForADayAtLeast(hour: Int64) async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            _ = try await keeper.idempotency.tags(principal: "p", [input])
            fixture.clock.advance(hours: hour)
            let first = try await keeper.idempotency.tags(principal: "p", [input])
            fixture.clock.advance(seconds: 24 * 3_600 - 1)
            let again = try await keeper.idempotency.tags(principal: "p", [input])
            #expect(again[0].contains(first[0][0]))
        }
    }

    /// And after 48 hours it is a new one, whatever time of day it came, with nobody having called `expire`.
    @Test(arguments: [0, 1, 11, 23, 24, 47] as [Int64])
    func aRequestRepeatedAfter48HoursIsANewOne(hour: Int64) async throws {
        let fixture = try await KeeperFixture.provisioned()
        fixture.clock.advance(hours: hour)
        try await fixture.withKeeper { keeper in
            let first = try await keeper.idempotency.tags(principal: "p", [input])
            fixture.clock.advance(seconds: 48 * 3_600)
            let later = try await keeper.idempotency.tags(principal: "p", [input])
            #expect(!later[0].contains(first[0][0]))
        }
    }

    @Test(arguments: [true, false], [0, 11] as [Int64])
    func keysAreDestroyed48HoursAfterTheyWereDrawn(withRestart: Bool, hour: Int64) async throws {
        let fixture = try await KeeperFixture.provisioned()
        fixture.clock.advance(hours: hour)
        func age(_ keeper: KeyCustodian) async throws -> [Int] {
            var rows: [Int] = []
            for step in [48 * 3_600 - 1, 1] as [Int64] {
                fixture.clock.advance(seconds: step)
                try await keeper.idempotency.expire()
                rows.append(try fixture.rows("SELECT count(*) FROM idempotency_key"))
            }
            return rows
        }
        if withRestart {
            _ = try await fixture.withKeeper {
                try await $0.idempotency.tags(principal: "p", [input])
            }
            #expect(try await fixture.withKeeper { try await age($0) } == [1, 0])
        } else {
            try await fixture.withKeeper { keeper in
                _ = try await keeper.idempotency.tags(principal: "p", [input])
                #expect(try await age(keeper) == [1, 0])
            }
        }
    }

    @Test func keysAreDestroyedAtTheStartAfterALongStop() async throws {
        let fixture = try await KeeperFixture.provisioned()
        _ = try await fixture.withKeeper { try await $0.idempotency.tags(principal: "p", [input]) }
        fixture.clock.advance(hours: 48)
        try await fixture.withKeeper { _ in }
        #expect(try fixture.rows("SELECT count(*) FROM idempotency_key") == 0)
    }

    /// A key drawn while the clock was a year ahead would otherwise live for that year.
    @Test func aClockSetBackDoesNotMakeKeysLiveLonger() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            fixture.clock.advance(hours: 24 * 365)
            let first = try await keeper.idempotency.tags(principal: "p", [input])
            fixture.clock.advance(hours: 24)
            let second = try await keeper.idempotency.tags(principal: "p", [input])
            fixture.clock.advance(hours: -24 * 366)
            let back = try await keeper.idempotency.tags(principal: "p", [input])
            #expect(back[0].contains(first[0][0]) && back[0].contains(second[0][0]))
            fixture.clock.advance(hours: 48)
            let later = try await keeper.idempotency.tags(principal: "p", [input])
            #expect(!later[0].contains(first[0][0]) && !later[0].contains(second[0][0]))
        }
    }

    /// Something holds the write-ahead log open just when a key is destroyed: it is emptied the next time.
    @Test func aReaderInTheWayOnlyDelaysTheDestruction() async throws {
        let fixture = try await KeeperFixture.provisioned()
        _ = try await fixture.withKeeper { try await $0.idempotency.tags(principal: "p", [input]) }
        let wrapped = try fixture.blob("SELECT wrapped FROM idempotency_key")
        try await fixture.withKeeper { keeper in
            let reader = try fixture.openReader()
            fixture.clock.advance(hours: 48)
            try await keeper.idempotency.expire()
            try reader.end()
            try await keeper.idempotency.expire()
            for (name, bytes) in try fixture.files() {
                #expect(bytes.range(of: wrapped) == nil, "\(name)")
            }
        }
    }

    /// Deleted, and killed before the write-ahead log was emptied: rows and log may hold the key for months.
    @Test func aKillInTheMiddleOfADestructionOnlyDelaysIt() async throws {
        let fixture = try await KeeperFixture.provisioned()
        _ = try await fixture.withKeeper { try await $0.idempotency.tags(principal: "p", [input]) }
        let wrapped = try fixture.blob("SELECT wrapped FROM idempotency_key")
        try fixture.tamperAndKill("DELETE FROM idempotency_key")
        #expect(try fixture.files().values.contains { $0.range(of: wrapped) != nil })
        try await fixture.withKeeper { _ in
            for (name, bytes) in try fixture.files() {
                #expect(bytes.range(of: wrapped) == nil, "\(name)")
            }
        }
    }

    /// Without a keeper not even the way out of a full disk can be signed.
    @Test func aKeystoreThatCannotBeWrittenDoesNotKeepTheKeeperFromStarting() async throws {
        let fixture = try await KeeperFixture.provisioned()
        _ = try await fixture.withKeeper { try await $0.idempotency.tags(principal: "p", [input]) }
        fixture.clock.advance(hours: 48)
        let writer = try fixture.openWriter()
        try await fixture.withKeeper { keeper in
            try writer.end()
            try await keeper.idempotency.expire()
            #expect(try fixture.rows("SELECT count(*) FROM idempotency_key") == 0)
        }
    }

    @Test func destroyedKeyRowsLeaveNoBytesInTheFiles() async throws {
        let fixture = try await KeeperFixture.provisioned()
        _ = try await fixture.withKeeper {
            try await $0.idempotency.tags(principal: "p", [input])
        }
        let wrapped = try fixture.blob("SELECT wrapped FROM idempotency_key")
        fixture.clock.advance(hours: 48)
        try await fixture.withKeeper { keeper in
            _ = try await keeper.idempotency.tags(principal: "p", [input])
            for (name, bytes) in try fixture.files() {
                #expect(bytes.range(of: wrapped) == nil, "\(name)")
            }
        }
    }

    @Test func limitsAreKept() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let bad: [(String, IdempotencyInput)] = [
                ("", input), (String(repeating: "p", count: 65), input),
                ("p", IdempotencyInput(key: "", requestDigest: Sample.digest)),
                ("p", IdempotencyInput(key: "k", requestDigest: [1])),
                (
                    "p",
                    IdempotencyInput(
                        key: String(repeating: "k", count: 256), requestDigest: Sample.digest)
                ),
            ]
            for (principal, input) in bad {
                let error = await #expect(throws: KeyCustodyError.self) {
                    _ = try await keeper.idempotency.tags(principal: principal, [input])
                }
                #expect(error?.code == .invalid)
            }
        }
    }
}
