import Foundation
import Testing

extension ProcessTests {
    /// The operator rotates every key while the platform writes; an auditor follows with the newer trust file.
    @Suite(.serialized, .runningStack)
    struct KeyRotation {
        let stack: Stack
        let api: API

        init() throws {
            stack = try #require(Stack.current)
            api = stack.api
        }

        private func create() async throws -> String {
            let reply = try await api.create(
                email: "\(UUID().uuidString.lowercased())@example.com")
            return try #require(reply.json?["id"]?.string, "\(reply.text)")
        }

        private func keys() async throws -> [JSON] {
            let reply = try await api.get("/api/v1/keys", token: api.auditor)
            try #require(reply.status == 200, "\(reply.text)")
            return try #require(reply.json?["keys"]?.array)
        }

        @Test func everyKeyIsRotatedWhileWritesGoOn() async throws {
            let ada = try await create()
            var others: [String] = []
            for key in ["checkpoint", "segment-manifest", "data"] {
                let rotated = try stack.home.chancery("keys", "rotate", key)
                try #require(rotated.status == 0, "\(rotated.said) \(stack.home.logs)")
                others.append(try await create())
            }
            // Signed under the newest key, and that is known everywhere.
            let receipt = try await api.get(
                "/api/v1/ledger/entries/1/receipt?signature=jws", token: api.auditor)
            #expect(receipt.status == 200, "\(receipt.text)")
            let listed = try stack.home.chancery("keys", "list")
            #expect(listed.status == 0, "\(listed.said)")
            #expect(listed.output.contains("destroyed"), "\(listed.said)")
            #expect(!listed.output.contains("will follow"), "\(listed.said)")
            for use in ["checkpoint", "segment-manifest"] {
                let keys = try await keys().filter {
                    $0["use"]?.string == use && $0["algorithm"]?.string != "ECDSA-P256-SHA256"
                }
                #expect(keys.count == 2)
                #expect(keys.first?["destroyed"] == .bool(true))
                #expect(keys.last?["untilSize"] == nil && keys.last?["activatedAt"] != nil)
            }
            // What was encrypted before and after is readable, and all of it verifies after a seal and a start.
            for id in [ada] + others {
                #expect(try await api.get("/api/v1/contacts/\(id)").status == 200)
            }
            let sealed = try stack.home.chancery("seal")
            #expect(sealed.status == 0, "\(sealed.said)")
            try stack.requireVerified("after rotations")
            let down = try stack.home.chancery("down")
            #expect(down.status == 0, "\(down.said)")
            try stack.up()
            #expect(try await api.get("/api/v1/contacts/\(ada)").status == 200)
            try stack.requireVerified("after rotations and a start")
        }

        /// The successor signs at once; that the old key waits for its end is told, and why.
        @Test func withTheTPMAwayARotationWaitsAndSaysSo() async throws {
            try stack.up()
            try stack.home.killNine(try stack.home.pids()["swtpm"])
            let rotated = try stack.home.chancery("keys", "rotate", "checkpoint")
            #expect(rotated.status == 0, "\(rotated.said)")
            var said = ""
            for _ in 0..<600 where !said.contains("rotation") {
                try await Task.sleep(for: .milliseconds(50))
                said = try stack.home.chancery("status").output
            }
            let line = said.split(separator: "\n").first { $0.hasPrefix("rotation") }
            #expect(line?.contains("TPM") == true, "\(said)")
            try stack.up()
            for _ in 0..<600 where said.contains("rotation") {
                try await Task.sleep(for: .milliseconds(50))
                said = try stack.home.chancery("status").output
            }
            #expect(!said.contains("rotation"), "\(said)")
            try stack.requireVerified("after a rotation that waited")
        }

        @Test func onlyAnOperatorRotatesAndOnlyWhatThereIs() async throws {
            let path = "/api/v1/keys/checkpoint/rotate"
            #expect(try await api.send(.POST, path, token: api.auditor).status == 403)
            let unknown = "/api/v1/keys/attestation/rotate"
            #expect(try await api.send(.POST, unknown, token: api.operatorToken).status == 400)
            #expect(try await api.get("/api/v1/keys").status == 403)
        }
    }
}
