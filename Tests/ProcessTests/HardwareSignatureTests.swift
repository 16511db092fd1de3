import Foundation
import Testing

extension ProcessTests {
    /// What the TPM's two keys sign, as it leaves over HTTPS, checked by programs that share nothing with ours.
    @Suite(.serialized, .runningStack)
    struct HardwareSignatures {
        let stack: Stack

        init() throws {
            stack = try #require(Stack.current)
        }

        /// Reads a note and the trust file, and says which checkpoint keys signed it.
        private static let lines = """
            import base64, json, sys
            from cryptography.hazmat.primitives import hashes, serialization
            from cryptography.hazmat.primitives.asymmetric import ec, ed25519
            note = open(sys.argv[1], "rb").read()
            text, _, block = note.rpartition(b"\\n\\n")
            text += b"\\n"
            keys = json.load(open(sys.argv[2]))["generations"][-1]["keys"]
            for line in block.decode().splitlines():
                dash, name, blob = line.split(" ")
                blob = base64.b64decode(blob)
                key = [k for k in keys if k["use"] == "checkpoint" and k["name"] == name
                       and bytes.fromhex(k["keyId"]) == blob[:4]][0]
                public = base64.b64decode(key["publicKey"])
                if key["algorithm"] == "Ed25519":
                    ed25519.Ed25519PublicKey.from_public_bytes(public).verify(blob[4:], text)
                else:
                    serialization.load_der_public_key(public).verify(
                        blob[4:], text, ec.ECDSA(hashes.SHA256()))
                print(key["algorithm"])
            """

        @Test func aPublishedCheckpointHasTwoLines() async throws {
            let email = "lines-\(UUID().uuidString.lowercased())@example.com"
            #expect(try await stack.api.create(email: email).status == 201)
            let note = try await publishedWithTwoLines()
            let file = stack.home.directory + "/checkpoint"
            try Data(note).write(to: URL(fileURLWithPath: file))
            let python = try Program.run(
                Repository.python, ["-c", Self.lines, file, stack.home.trust])
            #expect(python.status == 0, "\(python.said)")
            #expect(python.output == "Ed25519\nECDSA-P256-SHA256\n")
        }

        private func publishedWithTwoLines() async throws -> [UInt8] {
            while true {
                let reply = try await stack.api.send(.GET, "/ledger/checkpoint", token: nil)
                if reply.status == 200, reply.text.split(separator: "\n").count == 5 {
                    return reply.body
                }
                try await Task.sleep(for: .milliseconds(100))
            }
        }

        @Test func aReceiptIsSignedOnRequest() async throws {
            let (home, api) = (stack.home, stack.api)
            let path = "/api/v1/ledger/entries/0/receipt"
            let plain = try await api.send(.GET, path, token: api.auditor)
            #expect(plain.status == 200)
            #expect(plain.headers.first(name: "X-JWS-Signature") == nil)
            let signed = try await api.send(.GET, path + "?signature=jws", token: api.auditor)
            #expect(signed.status == 200, "\(signed.text)")
            let jws = try #require(signed.headers.first(name: "X-JWS-Signature"))
            let (receipt, file) = (home.directory + "/r.tlog-proof", home.directory + "/r.jws")
            try Data(signed.body).write(to: URL(fileURLWithPath: receipt))
            try Data(jws.utf8).write(to: URL(fileURLWithPath: file))
            let ours = try home.verify([receipt, "--signature", file])
            #expect(ours.status == 0, "\(ours.said)")
            #expect(ours.said.contains("signed by"))
            let arguments = [
                Repository.pythonVerifier, "--receipt", receipt, "--signature", file, "--trust",
                home.trust,
            ]
            let python = try Program.run(Repository.python, arguments)
            #expect(python.status == 0, "\(python.said)")
            // Of other bytes, it says nothing.
            var altered = Array(jws.utf8)
            altered[altered.count - 20] ^= 1
            try Data(altered).write(to: URL(fileURLWithPath: file))
            #expect(try home.verify([receipt, "--signature", file]).status == 1)
            #expect(try Program.run(Repository.python, arguments).status == 1)
        }
    }
}
