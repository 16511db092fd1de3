import Crypto
import Foundation
import Testing

extension ProcessTests {
    /// An administrator sets policies; what was in force at any moment can be shown, whatever happens to the daemons.
    @Suite(.serialized, .runningStack)
    struct Policies {
        let stack: Stack
        let api: API

        init() throws {
            stack = try #require(Stack.current)
            api = stack.api
        }

        private static let standard = try? String(
            contentsOfFile: Repository.root + "/policies/default.cedar", encoding: .utf8)
        private static let noVerifiers =
            #"@id("no-keys") forbid (principal in Role::"verifier", action == Action::"key.list", resource);"#

        private func write(_ text: String) throws -> String {
            let path = stack.home.directory + "/\(UUID()).cedar"
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return path
        }

        private func show(at index: Int? = nil, generation: Int? = nil) throws -> Program {
            var arguments = ["policy", "show"]
            if let index { arguments += ["--at", "\(index)"] }
            if let generation { arguments += ["--generation", "\(generation)"] }
            return try Program.run(
                Repository.program("chancery"), arguments, environment: stack.home.environment)
        }

        private func keysStatus() async throws -> Int {
            try await api.get("/api/v1/keys", token: api.auditor).status
        }

        private func index(_ reply: API.Reply) throws -> Int {
            try #require(reply.json?["index"]?.number, "\(reply.text)")
        }

        @Test func whatIsInstalledNarrowsTheNextRequestAndStaysKnown() async throws {
            let before = try show().output
            let narrow = before + "\n" + Self.noVerifiers + "\n"
            #expect(try await keysStatus() == 200)
            let file = try write(narrow)
            let installed = try stack.home.chancery("policy", "install", file)
            try #require(installed.status == 0, "\(installed.said) \(stack.home.logs)")
            #expect(installed.output.contains("+ forbid no-keys"), "\(installed.said)")
            #expect(installed.output.contains("receipt: GET /api/v1/ledger/entries/"))
            #expect(try await keysStatus() == 403)
            let again = try stack.home.chancery("policy", "install", file)
            #expect(again.status == 0 && again.output.contains("in force already"))

            // Back to what it was, and each moment is told.
            let first = try await index(api.get("/api/v1/policies", token: api.auditor))
            let second = try index(try await api.set(policies: before))
            #expect(try await keysStatus() == 200)
            func requireTold(_ generation: Int? = nil) throws {
                // What was compiled in then, this version does not claim to know.
                for (index, text) in [
                    (0, ""), (first - 1, before == Self.standard ? "" : before), (first, narrow),
                    (second - 1, narrow),
                    (second, before),
                ] {
                    let shown = try show(at: index, generation: generation)
                    #expect(shown.status == 0 && shown.output == text, "\(index): \(shown.errors)")
                }
            }
            try requireTold()
            #expect(try show(at: 0).errors.contains("compiled in"))
            #expect(try show(at: 1 << 40).status != 0)
            try stack.requireVerified("after policies were set")
            let rebuilt = try stack.home.chancery("rebuild")
            #expect(rebuilt.status == 0, "\(rebuilt.said)")
            try requireTold()
        }

        /// FORMAT 9.5, with the entry and nothing else.
        @Test func whoSetThemCanBeCheckedFromTheEntryAlone() async throws {
            let administrator = try #require(api.signing(api.administrator))
            let text = try show().output + "// \"é\"\n"
            let index = try index(try await api.set(policies: text))
            let entry = try await api.get("/api/v1/ledger/entries/\(index)", token: api.auditor)
            #expect(entry.json?["header"]?["actor"]?.string == "process-administrator")
            let payload = try #require(
                entry.json?["payload"]?.string.flatMap { Data(base64Encoded: $0) })
            let said = try #require(JSON(Array(payload)))
            #expect(said["text"]?.string == text && said["expected"] == nil)
            let certificate = said["certificate"]?.string.flatMap { Data(base64Encoded: $0) }
            #expect(certificate == Data(administrator.certificate))
            let input = try #require(said["signatureInput"]?.string)
            let signature = try #require(
                said["signature"]?.string?.dropFirst("sig=:".count).dropLast()
            ).description
            let hash = Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString()
            let base = """
                "@method": PUT
                "@path": /api/v1/policies
                "content-digest": sha-256=:\(hash):
                "@signature-params": \(input.dropFirst("sig=".count))
                """
            let bytes = try #require(Data(base64Encoded: signature))
            #expect(administrator.signed(bytes, base))
            #expect(!administrator.signed(bytes, base + " "))
        }

        /// Neither a start nor a killed ledger brings the old ones back.
        @Test func theyStayInForceWhateverIsStartedAgain() async throws {
            let standard = try #require(Self.standard)
            let set = try await api.set(policies: standard + Self.noVerifiers)
            try #require(set.status == 200, "\(set.text)")
            for daemon in ["chancery-ledger", "chancery-gateway"] {
                try stack.home.killNine(stack.home.pids()[daemon])
                try stack.up()
                #expect(try await keysStatus() == 403, "\(daemon)")
            }
            let back = try await api.set(policies: standard)
            #expect(back.status == 200, "\(back.text)")
            #expect(try await keysStatus() == 200)
        }

        @Test func whatCannotBeInForceIsRefusedBeforeItIs() async throws {
            let before = try show().output
            let broken = try stack.home.chancery("policy", "install", try write("permit ("))
            #expect(broken.status == 1 && broken.said.contains(":1:9"), "\(broken.said)")
            let locking = try stack.home.chancery("policy", "install", try write("// none"))
            #expect(locking.status == 1 && locking.said.contains("policies-lock-out"))
            let reply = try await api.set(policies: "permit (")
            #expect(reply.status == 422 && reply.json?["line"]?.number == 1, "\(reply.text)")
            let open = "permit (principal, action, resource);"
            let other = try await api.set(policies: open, signed: open + " ")
            #expect(other.json?["code"]?.string == "signature-not-accepted", "\(other.text)")
            #expect(try show().output == before)
        }

        /// As somebody pastes it who uses no command of ours.
        @Test func aSignedRequestByHandSetsThem() async throws {
            let standard = try #require(Self.standard)
            let version = try await api.get("/api/v1/policies", token: api.auditor)
                .json?["version"]?.number
            let file = try write(standard + "// by hand\n")
            let pem = stack.home.directory + "/process-administrator.pem"
            let signed = try stack.home.chancery(
                "sign", "PUT", "/api/v1/policies", "--body", file, "--if-match",
                "\(try #require(version))", "--client-cert", pem, "--token", api.administrator)
            try #require(signed.status == 0, "\(signed.said)")
            var headers = ["Content-Type": "text/plain"]
            for line in signed.output.split(separator: "\n") {
                let parts = line.split(separator: ":", maxSplits: 1)
                headers[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces)
            }
            #expect(
                headers["Content-Digest"] != nil && headers["If-Match"] == "\"\(version ?? 0)\"")
            let body = Array((standard + "// by hand\n").utf8)
            let set = try await api.send(
                .PUT, "/api/v1/policies", token: api.administrator, headers: headers, body: body)
            #expect(set.status == 200, "\(set.text)")
            // The signature names what it replaced.
            let late = try await api.send(
                .PUT, "/api/v1/policies", token: api.administrator, headers: headers, body: body)
            #expect(late.status == 403, "\(late.text)")
        }
    }
}
