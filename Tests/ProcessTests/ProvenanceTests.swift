import Foundation
import Testing

extension ProcessTests {
    /// Where a contact's attributes came from, and the proof that nothing of it was left out.
    @Suite(.serialized, .runningStack)
    struct Provenance {
        static let path = "/api/v1/provenance"

        let stack: Stack
        let api: API
        let checker: String

        init() throws {
            stack = try #require(Stack.current)
            api = stack.api
            checker = try stack.home.token("auditor", subject: "provenance-auditor")
        }

        /// With a phone number that `vendor` brought, and what the person said.
        private func contact(_ vendor: String, label: String = "s1/i1") async throws -> String {
            let email = "traced-\(UUID().uuidString.lowercased())@example.com"
            let body =
                String(API.contact(email: email).dropLast())
                + #","label":"\#(label)","attributes":[{"attributeType":"phone","value":"+49 30 123456","confidence":0.8,"#
                + #""sourceType":"VENDOR","sourceIdentity":"\#(vendor)"},"#
                + #"{"attributeType":"jobTitle","value":"Archivist","confidence":1,"sourceType":"DATA_SUBJECT"}]}"#
            let token =
                label == "s1/i1"
                ? api.platform : try stack.home.token("enrichment-platform", clearance: label)
            let reply = try await api.create(body, token: token)
            return try #require(reply.json?["id"]?.string, "\(reply.text)")
        }

        private func get(
            _ path: String, _ token: String? = nil, headers: [String: String] = [:]
        ) async throws -> API.Reply {
            try await api.send(
                .GET, Self.path + path, token: token ?? api.officer, headers: headers)
        }

        private func listed(_ vendor: String, _ token: String? = nil) async throws -> [String] {
            let reply = try await get("/source/\(vendor)", token)
            try #require(reply.status == 200, "\(reply.text)")
            return reply.json?["records"]?.array?.compactMap { $0["contactId"]?.string } ?? []
        }

        private func vendor() -> String { "vendor-\(UUID().uuidString.lowercased().prefix(8))" }

        @Test func theChainOutlivesACrashAndARebuildAndNotTheContact() async throws {
            let vendor = vendor()
            let ada = try await contact(vendor)
            let reply = try await get("/\(ada)")
            try #require(reply.status == 200, "\(reply.text)")
            let records = reply.json?["records"]?.array ?? []
            #expect(records.map { $0["sourceType"]?.string } == ["VENDOR", "DATA_SUBJECT"])
            #expect(records[1]["previous"]?["leafHash"] == records[0]["entry"]?["leafHash"])
            #expect(records.allSatisfy { $0["attributedDataSalt"] == nil })
            // The record's own receipt proves it.
            let receipt = try #require(records[0]["entry"]?["receipt"]?.string)
            let file = stack.home.directory + "/provenance.tlog-proof"
            let proof = try await api.send(.GET, receipt, token: api.auditor)
            try Data(proof.body).write(to: URL(fileURLWithPath: file))
            let verified = try stack.home.verify([file])
            #expect(verified.status == 0, "\(verified.said)")
            let leaf = try #require(records[0]["entry"]?["leafHash"]?.string)
            #expect(verified.said.contains(leaf))

            let opened = try await get("/\(ada)", headers: ["X-Purpose": "sales"])
            #expect(opened.json?["records"]?.array?.first?["attributedDataSalt"] != nil)
            #expect(try await get("/\(ada)", headers: ["X-Purpose": "recruiting"]).status == 403)
            let prov = try await get("/\(ada)", headers: ["Accept": "application/prov+json"])
            #expect(prov.headers.first(name: "Content-Type") == "application/prov+json")
            #expect(prov.json?["agent"]?["chancery:source/\(vendor)"] != nil, "\(prov.text)")
            #expect(try await listed(vendor, checker) == [ada])

            let before = try await [get("/\(ada)").text, get("/source/\(vendor)").text]
            let pids = try stack.home.pids()
            for daemon in ["chancery-gateway", "chancery-ledger", "chancery-keeper"] {
                try stack.home.killNine(pids[daemon])
            }
            try stack.up()
            #expect(try await [get("/\(ada)").text, get("/source/\(vendor)").text] == before)
            let rebuilt = try stack.home.chancery("rebuild")
            #expect(rebuilt.status == 0, "\(rebuilt.said)")
            #expect(try await [get("/\(ada)").text, get("/source/\(vendor)").text] == before)

            let erased = try await api.send(
                .DELETE, "/api/v1/contacts/\(ada)", token: api.officer)
            #expect(erased.status == 200, "\(erased.text)")
            #expect(try await listed(vendor).isEmpty)
            for path in ["/\(ada)", "/verify/\(ada)"] {
                #expect(try await get(path).status == 404)
            }
        }

        /// The document as it is kept, so that it can be verified and altered.
        private func document(
            _ contact: String, purpose: String? = nil, token: String? = nil
        ) async throws -> String {
            var headers: [String: String] = [:]
            headers["X-Purpose"] = purpose
            var reply = try await get("/verify/\(contact)", token, headers: headers)
            // After a rebuild the heads of the newest seal are made again first.
            for _ in 0..<100 where reply.status == 503 {
                try await Task.sleep(for: .milliseconds(100))
                reply = try await get("/verify/\(contact)", token, headers: headers)
            }
            try #require(reply.status == 200, "\(reply.text)")
            #expect(reply.text.contains(#""outcome":"holds""#))
            return reply.text
        }

        private func verify(_ document: String, trusted: Bool = true) throws -> Program {
            let file = stack.home.directory + "/subject.json"
            try Data(document.utf8).write(to: URL(fileURLWithPath: file))
            let trust = trusted ? ["--trust", stack.home.trust] : []
            return try Program.run(
                Repository.program("chancery-verify"), ["--subject", file, "--json"] + trust)
        }

        /// The document that was verified last.
        private func verifyInPython() throws -> Program {
            try Program.run(
                Repository.python,
                [
                    Repository.pythonVerifier, "--subject", stack.home.directory + "/subject.json",
                    "--trust", stack.home.trust,
                ])
        }

        @Test func aDocumentVerifiesOfflineAndAlteredDoesNot() async throws {
            let vendor = vendor()
            let people = [
                try await contact(vendor), try await contact(vendor), try await contact(vendor),
            ]
            let sealed = try stack.home.chancery("seal")
            #expect(sealed.status == 0, "\(sealed.said)")
            for person in people {
                let whole = try verify(try await document(person, token: checker))
                #expect(whole.status == 0, "\(whole.said)")
                #expect(whole.output.contains(#""auditEntries" : "#))
            }
            let ada = people[1]
            let text = try await document(ada, purpose: "sales")
            #expect(text.contains(#""attributedData":2"#))
            let opened = try verify(text)
            #expect(opened.status == 0 && opened.output.contains(#""openedRecords" : 2"#))
            let python = try verifyInPython()
            #expect(python.status == 0, "\(python.said)")
            #expect(python.output.contains(#""openedRecords": 2"#))
            let untrusted = try verify(text, trusted: false)
            #expect(untrusted.status == 3, "\(untrusted.said)")

            let entries = text.matches(of: /{"header":"[^"]*","payload":"[^"]*","receipt":"[^"]*"}/)
                .map { String($0.output) }
            #expect(entries.count >= 6)
            for entry in entries {
                let dropped = text.replacing(entry + ",", with: "").replacing("," + entry, with: "")
                #expect(dropped != text)
                let found = try verify(dropped)
                #expect(found.status == 1, "\(found.said)")
                #expect(
                    ["successor", "missing", "data"].contains {
                        found.output.contains("\"subject-\($0)\"")
                    }, "\(found.output)")
            }
            // An altered hash, a payload of another entry, a foreign neighbour, a leaf less.
            let payloads = entries.compactMap { entry in
                entry.firstMatch(of: /"payload":"([^"]*)"/).map { String($0.output.1) }
            }
            let leaves = text.matches(of: /{"lastIndex":\d+,"place":\d+,"proof":\[[^\]]*\],[^}]*}/)
                .map { String($0.output) }
            #expect(leaves.count >= 5)
            let other = try await document(people[0])
            let foreign = try #require(
                other.matches(of: /{"lastIndex":\d+,"place":\d+,"proof":\[[^\]]*\],[^}]*}/)
                    .map { String($0.output) }.first { !leaves.contains($0) })
            let hash = try #require(
                leaves[0].firstMatch(of: /"proof":\["([0-9a-f]{64})"/).map { String($0.output.1) })
            let altered = String(hash.reversed())
            let data = try #require(text.firstMatch(of: /"data":"([^"]*)"/).map { $0.output.1 })
            for (part, with, code) in [
                (payloads[0], payloads[1], "subject-entry"), (leaves[0], foreign, "subject-heads"),
                (leaves[0] + ",", "", "subject-heads"),
                ("," + leaves[leaves.count - 1], "", "subject-heads"),
                (hash, altered, "subject-heads"), (String(data), "e30=", "subject-data"),
            ] {
                let changed = text.replacing(part, with: with, maxReplacements: 1)
                #expect(changed != text)
                let found = try verify(changed)
                #expect(
                    found.status == 1 && found.output.contains(code), "\(code): \(found.output)")
                #expect(try verifyInPython().status == 1, "\(code)")
            }
        }

        /// What is behind the newest seal is proved to be there, and counts once the next is made.
        @Test func whatCameBehindTheSealIsInTheDocument() async throws {
            let ada = try await contact(vendor())
            let sealed = try stack.home.chancery("seal")
            #expect(sealed.status == 0, "\(sealed.said)")
            let line =
                #"{"op":"addAttributes","idempotencyKey":"\#(UUID().uuidString)","contactId":"\#(ada)","#
                + #""body":{"attributes":[{"attributeType":"x-a","value":"v","confidence":1,"sourceType":"DATA_SUBJECT"}]}}"#
            let added = try await api.mutate([line])
            #expect(added.lines.first?["status"]?.number == 201, "\(added.text)")
            let before = try verify(try await document(ada))
            #expect(before.status == 0, "\(before.said)")
            // From files alone, as after a rebuild.
            let rebuilt = try stack.home.chancery("rebuild")
            #expect(rebuilt.status == 0, "\(rebuilt.said)")
            let after = try verify(try await document(ada))
            #expect(after.status == 0, "\(after.said)")
        }

        @Test func whoMayNotDoesNotAndALowClearanceSeesNothing() async throws {
            let vendor = vendor()
            let (open, secret) = (
                try await contact(vendor), try await contact(vendor, label: "s3:c7/i1")
            )
            for role in ["crm-sync", "marketing", "verifier", "operator"] {
                let token = try stack.home.token(role, subject: "other-\(role)")
                for path in ["/\(open)", "/verify/\(open)", "/source/\(vendor)"] {
                    #expect(try await get(path, token).status == 403, "\(role) \(path)")
                }
            }
            #expect(try await listed(vendor) == [open])
            let wide = try stack.home.token("auditor", clearance: "s3:c7,c1023/i0")
            #expect(try await listed(vendor, wide) == [secret, open])
            for path in ["/\(secret)", "/verify/\(secret)"] {
                #expect(try await get(path).status == 404)
                #expect(try await get(path, wide).status == 200)
            }
            // The keeper opens nothing for who checks.
            let stated = try await get("/\(open)", checker, headers: ["X-Purpose": "sales"])
            #expect(stated.status == 403, "\(stated.text)")
        }
    }
}
