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
            fixture.clock.advance(hours: 24)
            let after = try await keeper.idempotency.tags(principal: "p", [input])
            #expect(after[0].count == 2)
            #expect(after[0][0] != before[0][0], "today's comes first")
            #expect(after[0][1] == before[0][0])
        }
    }

    @Test(arguments: [true, false])
    func keysAreGoneAfter48Hours(withRestart: Bool) async throws {
        let fixture = try await KeeperFixture.provisioned()
        let first = try await fixture.withKeeper { keeper in
            let first = try await keeper.idempotency.tags(principal: "p", [input])
            if !withRestart {
                fixture.clock.advance(hours: 48)
                try await keeper.idempotency.expire()
            }
            return first
        }
        if withRestart {
            fixture.clock.advance(hours: 48)
            try await fixture.withKeeper { _ in }
        }
        #expect(try fixture.rows("SELECT count(*) FROM idempotency_key") == 0)
        try await fixture.withKeeper { keeper in
            let later = try await keeper.idempotency.tags(principal: "p", [input])
            #expect(later[0].count == 1)
            #expect(later[0][0] != first[0][0])
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

    @Test func clockSetBackKeepsTheNewerDaysTags() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let first = try await keeper.idempotency.tags(principal: "p", [input])
            fixture.clock.advance(hours: -24)
            let back = try await keeper.idempotency.tags(principal: "p", [input])
            #expect(back[0].contains(first[0][0]))
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

    @Test(arguments: [
        (0, "19700101"), (86_399, "19700101"), (86_400, "19700102"), (-1, "19691231"),
        (951_782_400, "20000229"), (1_795_435_200, "20261123"), (4_107_542_399, "21000228"),
        (4_107_542_400, "21000301"),
    ])
    func daysAreUTC(seconds: Int64, text: String) {
        let day = UTCDay(secondsSince1970: seconds)
        #expect(day.text == text)
        #expect(UTCDay(text: text) == day)
    }

    @Test(arguments: ["", "2026112", "20261301", "20260230", "2026-1-1", "20260000"])
    func otherTextIsNoDay(text: String) {
        #expect(UTCDay(text: text) == nil)
    }
}
