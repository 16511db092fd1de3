import Foundation
import TestSupport
import Testing

extension ProcessTests {
    /// Durable, then signed, then acknowledged: also when a process is killed at any instant.
    @Suite(.serialized, .runningStack)
    struct Crash {
        let stack: Stack
        let api: API

        init() throws {
            stack = try #require(Stack.current)
            api = stack.api
        }

        static let daemons = ["chancery-keeper", "chancery-ledger", "chancery-gateway"]

        @Test func killNineUnderLoadLosesAndDoublesNothing() async throws {
            var random = SeededGenerator(seed: FaultSettings.seed)
            print(
                "kill -9: \(FaultSettings.killRounds) rounds, CHANCERY_SEED=\(FaultSettings.seed)")
            var acknowledged = try AcknowledgedCheck(stack)
            for round in 1...FaultSettings.killRounds {
                let victims = Self.victims(&random)
                let blow = Int.random(in: 1...40, using: &random)
                let delay = Int.random(in: 0...50, using: &random)
                let comment = "round \(round), seed \(FaultSettings.seed), \(victims.sorted())"

                let before = try stack.home.pids()
                let load = Load(api: api)
                async let outcome = load.run()
                try await load.waitForAcknowledgements(blow)
                try await Task.sleep(for: .milliseconds(delay))
                for victim in victims { try stack.home.killNine(before[victim]) }
                try stack.up()
                let after = try stack.home.pids()
                #expect(
                    after.filter { !victims.contains($0.key) }
                        == before.filter { !victims.contains($0.key) }, "\(comment): what ran stays"
                )
                for victim in victims {
                    #expect(
                        after[victim] != nil && after[victim] != before[victim], "\(comment)")
                }
                load.finish()
                let written = try await outcome
                try #require(written.count >= blow, "\(comment)")
                try await acknowledged.check(written, comment)
                try stack.requireVerified("\(comment)")
            }
            try await acknowledged.checkEverything("after all rounds")
        }

        /// Mostly one, now and then several at once, so that no process finds the others as it left them.
        private static func victims(_ random: inout SeededGenerator) -> Set<String> {
            let count = [1, 1, 1, 1, 2, 3].randomElement(using: &random) ?? 1
            return Set(daemons.shuffled(using: &random).prefix(count))
        }

        @Test func retryAcrossACrashGivesTheOriginalReceipt() async throws {
            let key = "crash-" + UUID().uuidString
            let email = "crash-\(UUID().uuidString.lowercased())@example.org"
            let first = try await api.create(email: email, key: key)
            try #require(first.status == 201, "\(first.text)")
            let pids = try stack.home.pids()
            for daemon in Self.daemons.reversed() { try stack.home.killNine(pids[daemon]) }
            #expect(try stack.home.chancery("status").status == 3)
            try stack.up()
            let again = try await api.create(email: email, key: key)
            #expect(again.status == 201, "\(again.text)")
            for member in ["id", "createdAt"] {
                #expect(first.json?[member] == again.json?[member])
            }
            for member in ["index", "leafHash"] {
                #expect(first.json?["receipt"]?[member] == again.json?["receipt"]?[member])
            }
            #expect(try await api.find(email: email).found.count == 1)
            try stack.requireVerified("after all three were killed")
        }

        @Test func cleanStopAndStartKeepEverything() async throws {
            let email = "stop-\(UUID().uuidString.lowercased())@example.org"
            let created = try await api.create(email: email)
            let id = try #require(created.json?["id"]?.string, "\(created.text)")
            #expect(try stack.home.chancery("down").status == 0)
            try stack.requireVerified("stopped")
            try stack.up()
            #expect(try await api.get("/api/v1/contacts/\(id)").json?["email"]?.string == email)
        }
    }
}
