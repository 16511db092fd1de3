import Foundation
import TestSupport
import Testing

extension ProcessTests {
    /// Forgotten for good: in the running system, after kills, and in a copy from before that is put back.
    @Suite(.serialized, .runningStack)
    struct Erasure {
        let stack: Stack
        let api: API
        let officer: String

        init() throws {
            stack = try #require(Stack.current)
            api = stack.api
            officer = stack.api.officer
        }

        private func create(_ name: String) async throws -> (id: String, email: String) {
            let email = "\(name)-\(UUID().uuidString.lowercased())@example.com"
            let reply = try await api.create(email: email)
            return (try #require(reply.json?["id"]?.string, "\(reply.text)"), email)
        }

        private func erase(_ id: String) async throws -> API.Reply {
            try await api.send(.DELETE, "/api/v1/contacts/\(id)", token: officer)
        }

        @Test func theErasedAreGoneAndEverythingStillVerifies() async throws {
            let (ada, bob) = (try await create("ada"), try await create("bob"))
            let reply = try await erase(ada.id)
            try #require(reply.status == 200, "\(reply.text)")
            #expect(reply.json?["status"]?.string == "ERASED")
            let before = try #require(reply.json?["epochBefore"]?.number)
            #expect(reply.json?["epochAfter"]?.number == before + 1)
            #expect(try await api.get("/api/v1/contacts/\(ada.id)").status == 404)
            #expect(try await api.find(email: ada.email).found.isEmpty)
            #expect(try await erase(ada.id).status == 404)
            #expect(try await api.get("/api/v1/contacts/\(bob.id)").status == 200)
            // The address is free for somebody else.
            #expect(try await api.create(email: ada.email).status == 201)
            // Both entries are proved as any other.
            for name in ["orderedIndex", "erasedIndex"] {
                let index = try #require(reply.json?[name]?.number)
                let receipt = try await api.get(
                    "/api/v1/ledger/entries/\(index)/receipt", token: api.auditor)
                let file = stack.home.directory + "/\(name).tlog-proof"
                try Data(receipt.body).write(to: URL(fileURLWithPath: file))
                let verified = try stack.home.verify([file])
                #expect(verified.status == 0, "\(verified.said)")
            }
            let sealed = try stack.home.chancery("seal")
            #expect(sealed.status == 0, "\(sealed.said)")
            try stack.requireVerified("with an erased subject in a sealed segment")
            let rebuilt = try stack.home.chancery("rebuild")
            #expect(rebuilt.status == 0, "\(rebuilt.said)")
            #expect(try await api.get("/api/v1/contacts/\(ada.id)").status == 404)
            #expect(try await api.get("/api/v1/contacts/\(bob.id)").status == 200)
        }

        /// By the address, and also after the keeper was started anew; they themselves come back as they like.
        @Test func aVendorDoesNotBringTheErasedBack() async throws {
            let (ada, bob) = (try await create("ada"), try await create("bob"))
            func bring(_ email: String) async throws -> API.Reply {
                let attributes =
                    #","attributes":[{"attributeType":"jobTitle","value":"CTO","confidence":0.9,"#
                    + #""sourceType":"VENDOR","sourceIdentity":"vendor-1"}]}"#
                return try await api.create(
                    String(API.contact(email: email).dropLast()) + attributes)
            }
            #expect(try await bring(ada.email).json?["code"]?.string == "duplicate-email")
            let erased = try await erase(ada.id)
            try #require(erased.status == 200, "\(erased.text)")
            for _ in 0..<2 {
                let refused = try await bring(ada.email)
                #expect(refused.status == 409, "\(refused.text)")
                #expect(refused.json?["code"]?.string == "suppressed")
                try stack.home.killNine(try stack.home.pids()["chancery-keeper"])
                try stack.up()
            }
            let other = try await bring("new-\(ada.email)")
            #expect(other.status == 201, "\(other.text)")
            #expect(try await bring(bob.email).json?["code"]?.string == "duplicate-email")
            #expect(try await api.create(email: ada.email).status == 201)
            try stack.requireVerified("after a vendor brought somebody who was erased")
        }

        @Test func nobodyButTheOfficerErases() async throws {
            let ada = try await create("ada")
            for token in [api.platform, api.auditor, api.operatorToken] {
                let reply = try await api.send(.DELETE, "/api/v1/contacts/\(ada.id)", token: token)
                #expect(reply.status == 403)
            }
            #expect(try await api.get("/api/v1/contacts/\(ada.id)").status == 200)
        }

        /// Each daemon in turn, while erasures are under way: what was ordered is completed, nobody else is hurt.
        @Test func aKillAtAnyMomentLeavesNoErasureHalfDone() async throws {
            var random = SeededGenerator(seed: FaultSettings.seed)
            print("kills during erasures: CHANCERY_SEED=\(FaultSettings.seed)")
            for victim in ["chancery-keeper", "chancery-ledger", "chancery-keeper"] {
                let bob = try await create("bob")
                var people: [String] = []
                for _ in 0..<12 { people.append(try await create("gone").id) }
                let pid = try stack.home.pids()[victim]
                let order = people
                let erasing = Task {
                    for id in order { _ = try? await erase(id) }
                }
                try await Task.sleep(for: .milliseconds(Int.random(in: 5...150, using: &random)))
                try stack.home.killNine(pid)
                try stack.up()
                await erasing.value
                for id in people {
                    // Refused while a daemon was away: asked again. Ordered already: not there any more.
                    var status = 503
                    for _ in 0..<100 where status == 503 {
                        status = try await erase(id).status
                        if status == 503 { try await Task.sleep(for: .milliseconds(50)) }
                    }
                    #expect([200, 202, 404].contains(status), "\(victim): \(status)")
                    #expect(try await api.get("/api/v1/contacts/\(id)").status == 404)
                }
                #expect(try await api.get("/api/v1/contacts/\(bob.id)").status == 200)
                try stack.requireVerified("after \(victim) was killed")
            }
        }

        @Test func withTheTPMAwayWritesGoOnAndWhatNeedsItWaits() async throws {
            let (ada, bob) = (try await create("ada"), try await create("bob"))
            try stack.home.killNine(try stack.home.pids()["swtpm"])
            let ordered = try await erase(ada.id)
            #expect(ordered.status == 202, "\(ordered.text)")
            #expect(ordered.json?["status"]?.string == "ORDERED")
            #expect(try await api.get("/api/v1/contacts/\(ada.id)").status == 404)
            #expect(try await api.get("/api/v1/contacts/\(bob.id)").status == 200)
            _ = try await create("eve")
            let sealed = try stack.home.chancery("seal")
            #expect(sealed.status != 0)
            var said = ""
            for _ in 0..<200 where !said.contains("seals and erasures wait") {
                try await Task.sleep(for: .milliseconds(50))
                said = try stack.home.chancery("status").said
            }
            #expect(said.contains("seals and erasures wait"), "\(said)")

            try stack.up()
            for _ in 0..<600 where said.contains("seals and erasures wait") {
                try await Task.sleep(for: .milliseconds(50))
                said = try stack.home.chancery("status").said
            }
            let census = { try LedgerCensus(stack.home) }
            for _ in 0..<600 where try census().ordered != census().erased {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(try census().ordered == census().erased)
            try stack.requireVerified("after the TPM was away")
        }

        /// The whole data directory of before an erasure, put back beside the TPM of after it.
        @Test func aRestoredDirectoryIsRefusedAndTheNewestOneServes() async throws {
            let (ada, bob) = (try await create("ada"), try await create("bob"))
            #expect(try stack.home.chancery("down").status == 0)
            let files = FileManager.default
            let (copy, newest) = (stack.home.root + ".copy", stack.home.root + ".newest")
            try files.copyItem(atPath: stack.home.root, toPath: copy)
            try stack.up()
            #expect(try await erase(ada.id).status == 200)
            #expect(try stack.home.chancery("down").status == 0)

            try files.moveItem(atPath: stack.home.root, toPath: newest)
            try files.moveItem(atPath: copy, toPath: stack.home.root)
            let refused = try stack.home.chancery("up")
            #expect(refused.status != 0)
            #expect(refused.said.contains("erasure epoch"), "\(refused.said)")
            _ = try stack.home.chancery("down", "--force")

            try files.removeItem(atPath: stack.home.root)
            try files.moveItem(atPath: newest, toPath: stack.home.root)
            try stack.up()
            #expect(try await api.get("/api/v1/contacts/\(ada.id)").status == 404)
            #expect(try await api.get("/api/v1/contacts/\(bob.id)").status == 200)
        }
    }
}
