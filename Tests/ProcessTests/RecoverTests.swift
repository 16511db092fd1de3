import Foundation
import Testing

extension ProcessTests {
    /// At three in the morning: the newest data directory is lost, and an older one must go on.
    @Suite(.serialized, .runningStack)
    struct Recover {
        let stack: Stack
        let api: API

        init() throws {
            stack = try #require(Stack.current)
            api = stack.api
        }

        private func create(_ name: String) async throws -> (id: String, index: Int) {
            let email = "\(name)-\(UUID().uuidString.lowercased())@example.com"
            let reply = try await api.create(email: email)
            let id = try #require(reply.json?["id"]?.string, "\(reply.text)")
            return (id, try #require(reply.json?["receipt"]?["index"]?.number))
        }

        private func down() throws {
            let down = try stack.home.chancery("down")
            try #require(down.status == 0, "\(down.said)")
        }

        private func recover() throws -> Program {
            try stack.home.chancery("recover", "--reason", "the disk died")
        }

        /// Of the newest generation.
        private func origin() throws -> String {
            let trust = try Data(contentsOf: URL(fileURLWithPath: stack.home.trust))
            let generations = JSON([UInt8](trust))?["generations"]?.array ?? []
            return try #require(generations.last?["origin"]?.string)
        }

        /// Copies of `parts` from before somebody was added, put back after.
        ///
        /// - Parameter killing: the ledger does not stop cleanly.
        private func putBack(
            _ parts: [String], killing: Bool = false, _ meanwhile: () async throws -> Void
        ) async throws {
            let (files, kept) = (FileManager.default, stack.home.directory + "/kept")
            try down()
            try? files.removeItem(atPath: kept)
            try files.createDirectory(atPath: kept, withIntermediateDirectories: true)
            for part in parts {
                try files.copyItem(
                    atPath: stack.home.root + "/" + part, toPath: kept + "/" + part)
            }
            try stack.up()
            try await meanwhile()
            if killing { try stack.home.killNine(stack.home.pids()["chancery-ledger"]) }
            try down()
            for part in parts {
                try files.removeItem(atPath: stack.home.root + "/" + part)
                try files.moveItem(
                    atPath: kept + "/" + part, toPath: stack.home.root + "/" + part)
            }
        }

        private func requireRefused(_ words: String) throws {
            let up = try stack.home.chancery("up")
            #expect(up.status != 0)
            #expect(up.said.contains(words), "\(up.said)")
            #expect(up.said.contains("chancery recover"), "\(up.said)")
            try down()
        }

        @Test func aRestoredDirectoryGoesOnInTheNextGeneration() async throws {
            let ada = try await create("ada")
            var bob = ""
            try await putBack(["ledger", "keys", "views"]) { bob = try await create("bob").id }
            try requireRefused("older than its TPM")
            let recovered = try recover()
            try #require(recovered.status == 0, "\(recovered.said) \(stack.home.logs)")
            #expect(recovered.output.contains("begins with the next start"), "\(recovered.said)")
            try stack.up()
            #expect(try await api.get("/api/v1/contacts/\(ada.id)").status == 200)
            #expect(try await api.get("/api/v1/contacts/\(bob)").status == 404)
            _ = try await create("carol")
            try stack.requireVerified("after a recovery")
            let verified = try stack.home.verify()
            #expect(verified.output.contains("generation 1 ended"), "\(verified.said)")
            #expect(verified.output.contains("the disk died"))
            // Its proofs stand as before, under the generation that ended.
            let receipt = try await api.get(
                "/api/v1/ledger/entries/\(ada.index)/receipt?generation=1", token: api.auditor)
            try #require(receipt.status == 200, "\(receipt.text)")
            let file = stack.home.directory + "/ada.tlog-proof"
            try Data(receipt.body).write(to: URL(fileURLWithPath: file))
            #expect(try stack.home.verify([file]).status == 0)
            let old = try await api.get("/ledger/g1/checkpoint").text
            #expect(old.contains("/g1\n"), "\(old)")
            let current = try await api.get("/ledger/checkpoint").text
            let origin = try #require(current.split(separator: "\n").first)
            let name = try #require(origin.split(separator: "/").last)
            #expect(name != "g1")
            #expect(try await api.get("/ledger/\(name)/checkpoint").text.hasPrefix(origin))
            #expect(try await api.get("/ledger/g3/checkpoint").status == 404)
            let rebuilt = try stack.home.chancery("rebuild")
            #expect(rebuilt.status == 0, "\(rebuilt.said)")
            #expect(try await api.get("/api/v1/contacts/\(ada.id)").status == 200)
        }

        @Test func segmentsOlderThanTheKeysGoOnAndSayWhatIsLost() async throws {
            let ada = try await create("ada")
            try await putBack(["ledger"]) {
                _ = try await create("bob")
                let sealed = try stack.home.chancery("seal")
                #expect(sealed.status == 0, "\(sealed.said)")
                _ = try await create("eve")
            }
            try requireRefused("signed entries are missing")
            let recovered = try recover()
            try #require(recovered.status == 0, "\(recovered.said) \(stack.home.logs)")
            #expect(recovered.output.contains("signed entries are lost"), "\(recovered.said)")
            try stack.up()
            #expect(try await api.get("/api/v1/contacts/\(ada.id)").status == 200)
            _ = try await create("carol")
            let sealed = try stack.home.chancery("seal")
            #expect(sealed.status == 0, "\(sealed.said)")
            try stack.requireVerified("after a recovery from older segments")
        }

        /// The segments show that nothing is missing, unless the ledger was killed.
        @Test(arguments: [false, true])
        func keysOlderThanTheSegmentsGoOn(killing: Bool) async throws {
            let ada = try await create("ada")
            var bob = ""
            try await putBack(["keys"], killing: killing) {
                bob = try await create("bob").id
                let sealed = try stack.home.chancery("seal")
                #expect(sealed.status == 0, "\(sealed.said)")
            }
            try requireRefused("older than its TPM")
            let before = try origin()
            let recovered = try recover()
            try #require(recovered.status == 0, "\(recovered.said) \(stack.home.logs)")
            if killing {
                #expect(recovered.output.contains("no signed entry is known to be lost"))
                #expect(recovered.output.contains("why not in generation"))
            } else {
                #expect(recovered.output.contains("goes on: its TPM certifies"))
            }
            try stack.up()
            #expect(try await api.get("/api/v1/contacts/\(ada.id)").status == 200)
            // His key is lost with the newer keystore.
            let rebuilt = try stack.home.chancery("rebuild")
            #expect(rebuilt.status == 0, "\(rebuilt.said)")
            #expect(try await api.get("/api/v1/contacts/\(bob)").status == 404)
            _ = try await create("carol")
            #expect((try origin() == before) != killing)
            try stack.requireVerified("after a recovery with older keys")
            let verified = try stack.home.verify()
            #expect(verified.output.contains("the disk died"), "\(verified.said)")
        }

        @Test func whatNeedsNoRecoveryIsLeftAlone() async throws {
            let refused = try recover()
            #expect(refused.status != 0)
            #expect(refused.errors.contains("is running"), "\(refused.said)")
            try down()
            let nothing = try recover()
            #expect(nothing.status == 0, "\(nothing.said)")
            #expect(nothing.output.contains("nothing to recover"), "\(nothing.said)")
            #expect(try stack.home.chancery("recover").status == 64)
            try stack.up()
            _ = try await create("ada")
            try stack.requireVerified("after a recovery that was not needed")
        }
    }
}
