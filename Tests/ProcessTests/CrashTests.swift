import Foundation
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
            // Five rounds of each kind, mixed.
            for round in 0..<15 {
                let victim = Self.daemons[(round * 2 + round / 3) % 3]
                let before = try stack.home.pids()
                let load = Load(api: api, round: round)
                async let outcome = load.run()
                await load.waitForAcknowledgements(3 + round)
                try stack.home.killNine(before[victim])
                try stack.up()
                let after = try stack.home.pids()
                #expect(
                    after.filter { $0.key != victim } == before.filter { $0.key != victim },
                    "what ran stays")
                #expect(after[victim] != nil && after[victim] != before[victim])
                load.finish()
                let written = try await outcome
                try #require(written.count >= 3 + round, "round \(round), \(victim)")
                try await check(written, round: "round \(round), \(victim)")
                try stack.requireVerified("round \(round), \(victim)")
            }
        }

        /// Every acknowledged contact is there once, under the id that was acknowledged; a retry changes nothing.
        private func check(_ written: [Load.Written], round: String) async throws {
            #expect(Set(written.map(\.id)).count == written.count, "\(round)")
            for contact in written {
                let read = try await api.get("/api/v1/contacts/\(contact.id)")
                #expect(
                    read.json?["email"]?.string == contact.email,
                    "\(round): \(read.status) \(read.text)")
                let found = try await api.find(email: contact.email)
                #expect(
                    found.found.compactMap { $0["id"]?.string } == [contact.id],
                    "\(round): \(found.text)")
            }
            if let contact = written.last {
                let retry = try await api.create(email: contact.email, key: contact.key)
                #expect(
                    retry.status == 201 && retry.json?["id"]?.string == contact.id,
                    "\(round): \(retry.text)")
            }
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
