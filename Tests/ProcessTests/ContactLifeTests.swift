import Foundation
import Testing

extension ProcessTests {
    /// One contact over its life, seen now and as it was, whatever happens to the processes in between.
    @Suite(.serialized, .runningStack)
    struct ContactLife {
        let stack: Stack
        let api: API

        init() throws {
            stack = try #require(Stack.current)
            api = stack.api
        }

        private func created(_ name: String) async throws -> String {
            let email = "life-\(UUID().uuidString.lowercased())@example.com"
            let reply = try await api.create(email: email, name: name)
            return "/api/v1/contacts/\(try #require(reply.json?["id"]?.string, "\(reply.text)"))"
        }

        private func change(
            _ method: String, _ path: String, _ body: String? = nil,
            _ headers: [String: String] = [:]
        ) async throws -> API.Reply {
            var all = ["X-Purpose": "sales", "Content-Type": "application/json"]
            all.merge(headers) { $1 }
            return try await api.send(
                .init(rawValue: method), path, token: api.platform, headers: all,
                body: body.map { Array($0.utf8) })
        }

        private static func attribute(_ value: String) -> String {
            #"{"attributes":[{"attributeType":"jobTitle","value":"\#(value)","confidence":0.9,"sourceType":"CRM","sourceIdentity":"crm-1"}]}"#
        }

        @Test func whatWasAnsweredIsAnsweredAgainAfterAKillAndARebuild() async throws {
            let path = try await created("Ottilie Zinnober")
            var seen: [(version: Int, body: [UInt8])] = []
            func look() async throws {
                let reply = try await api.get(path)
                try #require(reply.status == 200, "\(reply.text)")
                seen.append((try #require(reply.json?["version"]?.number), reply.body))
            }
            try await look()
            #expect(
                try await change("POST", path + "/attributes", Self.attribute("CTO")).status == 201)
            try await look()
            let consent = try await change(
                "POST", path + "/consent",
                #"{"consentType":"EXPLICIT_OPT_IN","legalBasis":"GDPR_ART6_1A","purposeCodes":["events"],"noticeRef":"notice-7","evidenceRef":"letter of Ottilie"}"#
            )
            let id = try #require(consent.json?["consent"]?["id"]?.string, "\(consent.text)")
            try await look()
            let tag = try #require(try await api.get(path).headers.first(name: "ETag"))
            let address = "life-\(UUID().uuidString.lowercased())@example.com"
            let update = #"{"email":"\#(address)","fullName":"Ottilie Purpur"}"#
            #expect(try await change("PUT", path, update).status == 428)
            #expect(try await change("PUT", path, update, ["If-Match": tag]).status == 200)
            #expect(try await change("PUT", path, update, ["If-Match": tag]).status == 412)
            try await look()
            #expect(try await change("DELETE", "\(path)/consent/\(id)").status == 200)
            #expect(try await api.get(path, purpose: "events").status == 403)
            try await look()

            func compare(_ comment: String) async throws {
                for (version, body) in seen {
                    let then = try await api.get("\(path)?asOf=\(version)")
                    #expect(then.status == 200 && then.body == body, "\(comment): \(then.text)")
                }
                let history = try await api.get(path + "/history", token: api.officer)
                #expect(
                    history.json?["values"]?.array?.compactMap { $0["field"]?.string }
                        == ["email", "fullName", "jobTitle", "email", "fullName"], "\(comment)")
                for (words, count) in [("ottilie%20purpur", 1), ("OTTILIE%20zinnober", 0)] {
                    let found = try await api.get("/api/v1/contacts?q=\(words)")
                    #expect(found.found.count == count, "\(comment): \(found.text)")
                }
            }
            try await compare("at once")
            let pids = try stack.home.pids()
            for daemon in Crash.daemons { try stack.home.killNine(pids[daemon]) }
            try stack.up()
            try await compare("after kill -9")
            let rebuild = try stack.home.chancery("rebuild")
            try #require(rebuild.status == 0, "\(rebuild.said)")
            try await compare("after a rebuild")
            try stack.requireVerified("after a life")

            // Erased, nothing of it is there any more, now or then.
            let erased = try await api.send(.DELETE, path, token: api.officer)
            #expect(erased.status == 200, "\(erased.text)")
            for suffix in ["", "?asOf=\(seen[0].version)", "/attributes", "/history"] {
                #expect(try await api.get(path + suffix).status == 404)
            }
            #expect(try await api.get("/api/v1/contacts?q=ottilie").found.isEmpty)
        }

        @Test func ofWritersOfOneVersionOneWins() async throws {
            let path = try await created("Emil Eile")
            for round in 0..<4 {
                let tag = try #require(try await api.get(path).headers.first(name: "ETag"))
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for writer in 0..<8 {
                        group.addTask {
                            try await change(
                                "PUT", path,
                                #"{"email":"w\#(writer)-\#(round)-\#(UUID().uuidString.lowercased())@example.com"}"#,
                                ["If-Match": tag, "Idempotency-Key": UUID().uuidString]
                            ).status
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(statuses.filter { $0 == 200 }.count == 1, "\(statuses)")
                #expect(statuses.filter { $0 == 412 }.count == 7, "\(statuses)")
            }
            let history = try await api.get(path + "/history")
            let emails = history.json?["values"]?.array?.filter {
                $0["field"]?.string == "email"
            }
            #expect(emails?.count == 5, "\(history.text)")
            #expect(emails?.filter { $0["supersededBy"] == nil }.count == 1)
        }
    }
}
