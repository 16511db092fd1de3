import Foundation
import Testing

extension ProcessTests {
    /// Who did what, as those see it who watch over it.
    @Suite(.serialized, .runningStack)
    struct AuditTrail {
        let stack: Stack
        let api: API
        let auditor: String

        init() throws {
            stack = try #require(Stack.current)
            api = stack.api
            auditor = try stack.home.token("auditor", subject: "trail-auditor")
        }

        private func events(_ query: String, token: String? = nil) async throws -> [JSON] {
            let reply = try await api.get("/api/v1/audit?" + query, token: token ?? auditor)
            try #require(reply.status == 200, "\(reply.text)")
            guard case .array(let events)? = reply.json?["events"] else {
                throw TestFailure(reply.text)
            }
            return events
        }

        @Test func everyLookAtAContactIsFoundByTheContact() async throws {
            let email = "trail-\(UUID().uuidString.lowercased())@example.com"
            let created = try await api.create(email: email)
            let id = try #require(created.json?["id"]?.string, "\(created.text)")
            #expect(try await api.get("/api/v1/contacts/\(id)").status == 200)
            let refused = try await api.get("/api/v1/contacts/\(id)", purpose: "recruiting")
            #expect(refused.status == 403)
            let events = try await events("contact=\(id)")
            #expect(
                events.map { $0["action"]?.string }
                    == ["contact.read", "contact.read", "contact.create"])
            #expect(events.map { $0["outcome"]?.string } == ["DENIED", "ALLOWED", "ALLOWED"])
            for event in events {
                #expect(event["principal"]?.string == "process-tests")
                #expect(["127.0.0.1", "::1"].contains(event["sourceAddress"]?.string))
                #expect(
                    event["policyIds"] == .array([.string("enrichment-platform.contacts")]))
            }
            let denied = try await self.events("principal=process-tests&outcome=DENIED&limit=1")
            #expect(denied.first?["reason"]?.string == "purpose-not-covered")
            // Reading it stands in it.
            let looks = try await self.events("action=audit.read&principal=trail-auditor&limit=500")
            #expect(looks.count >= 2)
        }

        @Test func whatAnOperatorDoesTellsTheCertificate() async throws {
            let sealed = try await api.send(
                .POST, "/api/v1/ledger/seal", token: api.operatorToken)
            #expect(sealed.status == 200, "\(sealed.text)")
            let events = try await events("action=segment.seal&limit=1")
            let fingerprint = try #require(events.first?["certificateFingerprint"]?.string)
            #expect(fingerprint == api.signing(api.operatorToken)?.fingerprint)
            #expect(events.first?["sourceAddress"]?.string != nil)
            #expect(events.first?["policyIds"] == .array([.string("operator.appliance")]))
        }

        @Test func pagesGoBackToTheBeginning() async throws {
            for _ in 0..<3 { _ = try await api.find(email: "nobody@example.com") }
            var cursor: String?
            var indices: [Int] = []
            repeat {
                let query = "limit=2" + (cursor.map { "&cursor=" + $0 } ?? "")
                let reply = try await api.get("/api/v1/audit?" + query, token: auditor)
                let json = try #require(reply.json, "\(reply.text)")
                guard case .array(let events)? = json["events"] else { break }
                indices += events.compactMap { $0["index"]?.number }
                cursor = json["next"]?.string
            } while cursor != nil && indices.count < 8
            #expect(indices.count >= 6)
            #expect(indices == indices.sorted(by: >) && Set(indices).count == indices.count)
        }

        @Test func whoIsNotClearedSeesNothing() async throws {
            let uncleared = try stack.home.token(
                "auditor", subject: "uncleared", clearance: "s1/i1")
            #expect(try await events("limit=500", token: uncleared).isEmpty)
            #expect(try await api.get("/api/v1/audit", token: api.platform).status == 403)
        }

        /// Addresses are personal data, too.
        @Test func noAddressStandsInTheLedgerInClear() async throws {
            _ = try await api.find(email: "nobody@example.com")
            let shown = try await events("principal=process-tests&limit=1")
            let address = try #require(shown.first?["sourceAddress"]?.string)
            let scanner = ByteScanner([Array("\"\(address)\"".utf8), Array("127.0.0.1".utf8)])
            let root = stack.home.root + "/ledger"
            var read = 0
            for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
                let data = try Data(contentsOf: URL(fileURLWithPath: root + "/" + name))
                read += data.count
                #expect(scanner.hits(in: data).isEmpty, "\(name)")
            }
            #expect(read > 10_000)
        }
    }
}
