import Foundation
import TestSupport
import Testing

extension ProcessTests {
    /// Vendors are asked about contacts, past kills, objections and erasures.
    @Suite(.serialized, .runningStack)
    struct Enrichment {
        let stack: Stack
        let api: API

        init() throws {
            stack = try #require(Stack.current)
            api = stack.api
        }

        private struct Person {
            let id: String
            let email: String
        }

        private struct Asked {
            let id: String
            /// One for each vendor.
            let tokens: [String]

            func path(_ rest: String = "") -> String { "/api/v1/enrichments/\(id)\(rest)" }
        }

        private func create(_ name: String) async throws -> Person {
            let email = "\(name)-\(UUID().uuidString.lowercased())@example.com"
            let own =
                #","attributes":[{"attributeType":"phone","value":"111","confidence":0.5,"sourceType":"CRM","sourceIdentity":"crm-1"},{"attributeType":"company","value":"Own Ltd","confidence":0.7,"sourceType":"CRM","sourceIdentity":"crm-1"}]}"#
            let reply = try await api.create(String(API.contact(email: email).dropLast()) + own)
            return Person(
                id: try #require(reply.json?["id"]?.string, "\(reply.text)"), email: email)
        }

        private func post(
            _ path: String, _ body: String = "{}", token: String?,
            headers: [String: String] = [:]
        ) async throws -> API.Reply {
            try await api.send(
                .POST, path, token: token,
                headers: ["Content-Type": "application/json", "X-Purpose": "sales"]
                    .merging(headers) { $1 }, body: Array(body.utf8))
        }

        private func request(_ person: Person) async throws -> API.Reply {
            try await post(
                "/api/v1/contacts/\(person.id)/enrich", #"{"vendors":["vendor-1","vendor.2"]}"#,
                token: api.platform)
        }

        private func ask(_ person: Person) async throws -> Asked {
            let reply = try await request(person)
            try #require(reply.status == 202, "\(reply.text)")
            let id = try #require(reply.json?["id"]?.string)
            #expect(reply.headers.first(name: "Location") == "/api/v1/enrichments/\(id)")
            let tokens = reply.json?["callbacks"]?.array?.compactMap { $0["token"]?.string }
            #expect(tokens?.count == 2)
            return Asked(id: id, tokens: tokens ?? [])
        }

        private func answer(
            _ asked: Asked, _ place: Int, _ body: String, token: String? = nil
        ) async throws -> API.Reply {
            try await post(
                asked.path("/results"), body, token: nil,
                headers: ["Callback-Token": token ?? asked.tokens[place]])
        }

        private static func values(_ email: String, phone: String = "+44 20 7946 0111") -> String {
            #"{"email":"\#(email)","attributes":[{"attributeType":"phone","value":"\#(phone)","confidence":0.9},{"attributeType":"company","value":"Difference Engines plc","confidence":0.2},{"attributeType":"x-shoe","value":"38 and a half","confidence":1}]}"#
        }

        private static let noData = #"{"outcome":"NO_DATA"}"#

        private func look(_ asked: Asked) async throws -> JSON {
            let reply = try await api.send(.GET, asked.path(), token: api.platform)
            return try #require(reply.status == 200 ? reply.json : nil, "\(reply.text)")
        }

        /// Once nothing follows any more.
        private func ended(_ asked: Asked) async throws -> JSON {
            var seen = try await look(asked)
            for _ in 0..<600
            where ["COLLECTING", "MERGED", "PROVENANCE_RECORDED"].contains(
                seen["state"]?.string ?? "")
            {
                try await Task.sleep(for: .milliseconds(50))
                seen = try await look(asked)
            }
            return seen
        }

        private func killNine(_ daemons: String...) throws {
            let pids = try stack.home.pids()
            for daemon in daemons { try stack.home.killNine(pids[daemon]) }
            try stack.up()
        }

        private static let way = [
            "EnrichmentRequested", "EnrichmentReceived", "EnrichmentReceived", "EnrichmentMerged",
            "ProvenanceRecorded", "AttributeEnriched", "ContactEnriched",
        ]

        private func expectDone(_ asked: Asked, _ person: Person) async throws {
            let done = try await ended(asked)
            #expect(done["state"]?.string == "COMPLETED", "\(done)")
            #expect(done["steps"]?.array?.compactMap { $0["type"]?.string } == Self.way)
            #expect(
                done["decisions"]?.array?.compactMap { $0["decision"]?.string }
                    == ["TAKEN", "HISTORY_ONLY"])
            let contact = try await api.get("/api/v1/contacts/\(person.id)")
            let values = contact.json?["attributes"]?.array?.compactMap { $0["value"]?.string }
            #expect(Set(values ?? []) == ["+44 20 7946 0111", "Own Ltd"], "\(contact.text)")
            #expect(values?.count == 2)
        }

        @Test func theSurerValueBecomesTheContactsAndTheOtherIsHistory() async throws {
            let ada = try await create("ada")
            let asked = try await ask(ada)
            let waiting = try await api.send(
                .GET, "/api/v1/enrichments?vendor=vendor.2", token: api.platform)
            #expect(waiting.text.contains(asked.id))
            #expect(try await request(ada).status == 409)

            let one = try await answer(asked, 0, Self.values(ada.email))
            #expect(one.status == 202, "\(one.text)")
            #expect(one.json?["received"]?.number == 2 && one.json?["dropped"]?.number == 1)
            // Nothing is the contact's before all have answered.
            #expect(try await look(asked)["state"]?.string == "COLLECTING")
            let two = try await answer(asked, 1, Self.noData)
            #expect(two.status == 202, "\(two.text)")
            try await expectDone(asked, ada)

            let history = try await api.get("/api/v1/contacts/\(ada.id)/history")
            let sent = history.json?["values"]?.array?.filter {
                $0["enrichmentId"]?.string == asked.id
            }
            let texts = Set(sent?.compactMap { $0["value"]?.string } ?? [])
            #expect(texts.contains("Difference Engines plc"), "\(history.text)")
            #expect(!history.text.contains("38 and a half"))
            let provenance = try await api.get("/api/v1/provenance/source/vendor-1")
            #expect(provenance.text.contains(ada.id), "\(provenance.text)")

            // An answer counts once.
            let again = try await answer(asked, 0, Self.values(ada.email))
            #expect(again.status == 202, "\(again.text)")
            for name in ["outcome", "received", "dropped"] {
                #expect(again.json?[name] == one.json?[name], "\(again.text)")
            }
            #expect(again.json?["receipt"]?["index"] == one.json?["receipt"]?["index"])
            #expect(again.headers.first(name: "Idempotent-Replayed") == "true")
            let other = try await answer(asked, 0, Self.values(ada.email, phone: "9"))
            #expect(other.status == 409, "\(other.text)")
            for (place, receipt) in (try await look(asked)["steps"]?.array ?? []).enumerated() {
                let path = try #require(receipt["receipt"]?.string)
                let proof = try await api.get(path, token: api.auditor)
                let file = stack.home.directory + "/enrichment-\(place).tlog-proof"
                try Data(proof.body).write(to: URL(fileURLWithPath: file))
                #expect(try stack.home.verify([file]).status == 0)
            }
            let before = try await look(asked)
            let rebuilt = try stack.home.chancery("rebuild")
            try #require(rebuilt.status == 0, "\(rebuilt.said)")
            #expect(try await look(asked) == before)
            try stack.requireVerified("with an enrichment in it")
        }

        @Test func aForgedTokenIsNobodys() async throws {
            let (ada, bob) = (try await create("ada"), try await create("bob"))
            let (asked, other) = (try await ask(ada), try await ask(bob))
            let token = asked.tokens[0]
            let forged = [
                "", "x", other.tokens[0], token.replacingOccurrences(of: ".1.", with: ".2."),
                asked.tokens[1].replacingOccurrences(of: "vendor.2", with: "vendor-1"),
                token.replacingOccurrences(of: "vendor-1", with: "vendor-3"),
                "vendor-1.1." + String(repeating: "A", count: 43), api.platform,
            ]
            for token in forged {
                let reply = try await answer(asked, 0, Self.values(ada.email), token: token)
                #expect(reply.status == 401, "\(reply.text)")
            }
            // A vendor's token opens nothing else, and values about somebody else are no answer.
            for path in ["/api/v1/contacts/\(ada.id)", asked.path()] {
                #expect(try await api.get(path, token: token).status == 401)
            }
            let mismatch = try await answer(asked, 0, Self.values(bob.email))
            #expect(mismatch.status == 422, "\(mismatch.text)")
            #expect(mismatch.json?["code"]?.string == "subject-mismatch")
            // It ended the attempt, and the next one has a token of its own.
            #expect(try await look(asked)["steps"]?.array?.count == 2)
            #expect(try await answer(asked, 0, Self.values(ada.email)).status == 409)
            let next = try await tokens(asked)[0]
            #expect(
                try await answer(asked, 0, Self.values(ada.email), token: next).status == 202)
            // What the officer sees of it holds no token, and the platform gets them again.
            let again = try await post(asked.path("/callbacks"), token: api.platform)
            let callbacks = again.json?["callbacks"]?.array?.compactMap { $0["token"]?.string }
            #expect(callbacks == [asked.tokens[1]], "\(again.text)")
            let seen = try await api.send(.GET, asked.path(), token: api.officer)
            #expect(seen.status == 200 && !seen.text.contains(asked.tokens[1]))
            let tokens = (asked.tokens + other.tokens).map { Array($0.utf8.suffix(43)) }
            try stack.expectAbsent(ByteScanner(Set(tokens)), "callback tokens", least: 1 << 16)
        }

        /// Those that count now.
        private func tokens(_ asked: Asked) async throws -> [String] {
            let reply = try await post(asked.path("/callbacks"), token: api.platform)
            return reply.json?["callbacks"]?.array?.compactMap { $0["token"]?.string } ?? []
        }

        /// With the answers half there, and at any moment of what follows from them.
        @Test func aKillAtAnyMomentLosesNothingAndDoesNothingTwice() async throws {
            var random = SeededGenerator(seed: FaultSettings.seed)
            print("kills during enrichments: CHANCERY_SEED=\(FaultSettings.seed)")
            let ada = try await create("ada")
            let asked = try await ask(ada)
            let one = try await answer(asked, 0, Self.values(ada.email))
            #expect(one.status == 202, "\(one.text)")
            try killNine("chancery-gateway", "chancery-ledger")
            // The token from before counts after, and so does what was answered with it.
            let again = try await answer(asked, 0, Self.values(ada.email))
            #expect(again.headers.first(name: "Idempotent-Replayed") == "true", "\(again.text)")
            #expect(try await answer(asked, 1, Self.noData).status == 202)
            try await expectDone(asked, ada)

            for victims in [
                ["chancery-ledger"], ["chancery-gateway"], ["chancery-keeper"],
                ["chancery-gateway", "chancery-ledger", "chancery-keeper"],
            ] {
                var people: [(Person, Asked)] = []
                for _ in 0..<4 {
                    let person = try await create("ada")
                    let asked = try await ask(person)
                    let one = try await answer(asked, 0, Self.values(person.email))
                    #expect(one.status == 202, "\(one.text)")
                    people.append((person, asked))
                }
                let pids = try stack.home.pids()
                for (_, asked) in people {
                    #expect(try await answer(asked, 1, Self.noData).status == 202)
                }
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...600, using: &random)))
                for victim in victims { try stack.home.killNine(pids[victim]) }
                try stack.up()
                for (person, asked) in people { try await expectDone(asked, person) }
            }
            try stack.requireVerified("after kills during enrichments")
        }

        @Test func whoObjectsToMergingIsNotMerged() async throws {
            let ada = try await create("ada")
            let asked = try await ask(ada)
            #expect(try await answer(asked, 0, Self.values(ada.email)).status == 202)
            let filed = try await post(
                "/api/v1/dsr/object-merging",
                #"{"contactId":"\#(ada.id)","jurisdiction":"DE","channel":"EMAIL"}"#,
                token: api.officer)
            let request = try #require(filed.json?["id"]?.string, "\(filed.text)")
            for (step, body) in [
                ("identity", #"{"method":"IDENTITY_DOCUMENT"}"#), ("start", "{}"),
                ("complete", "{}"),
            ] {
                let reply = try await post(
                    "/api/v1/dsr/\(request)/\(step)", body, token: api.officer)
                try #require(reply.status == 200, "\(step): \(reply.text)")
            }
            #expect(try await answer(asked, 1, Self.noData).status == 202)
            let failed = try await ended(asked)
            #expect(failed["state"]?.string == "FAILED", "\(failed)")
            #expect(failed["reason"]?.string == "OBJECTED")
            let contact = try await api.get("/api/v1/contacts/\(ada.id)")
            #expect(!contact.text.contains("7946") && contact.text.contains("111"))
            let refused = try await self.request(ada)
            #expect(refused.status == 403, "\(refused.text)")
            #expect(refused.json?["code"]?.string == "objected")
        }

        /// Neither by a late answer about them nor by one about somebody else.
        @Test func theErasedDoNotComeBackThroughAVendor() async throws {
            let (ada, bob) = (try await create("ada"), try await create("bob"))
            let asked = try await ask(ada)
            let phone = "+44 20 7946 0999 extension 4711"
            #expect(try await answer(asked, 0, Self.values(ada.email, phone: phone)).status == 202)
            let erased = try await api.send(
                .DELETE, "/api/v1/contacts/\(ada.id)", token: api.officer)
            try #require(erased.status == 200, "\(erased.text)")
            let late = try await answer(asked, 1, Self.values(ada.email, phone: phone))
            #expect(late.status == 404, "\(late.text)")
            #expect(try await api.send(.GET, asked.path(), token: api.platform).status == 404)
            let tokens = try await post(asked.path("/callbacks"), token: api.platform)
            #expect(tokens.status == 404)
            #expect(try await request(ada).status == 404)

            let other = try await ask(bob)
            let dropped = try await answer(other, 0, Self.values(ada.email, phone: phone))
            #expect(dropped.status == 422, "\(dropped.text)")
            #expect(dropped.json?["code"]?.string == "subject-mismatch")
            let audit = try await api.send(
                .GET, "/api/v1/audit?action=enrichment.receive&limit=1",
                token: try stack.home.token("auditor"))
            #expect(audit.json?["events"]?.array?.count == 1, "\(audit.text)")
            #expect(try await answer(other, 1, Self.noData).status == 202)
            let next = try await self.tokens(other)[0]
            #expect(try await answer(other, 0, Self.noData, token: next).status == 202)
            let failed = try await ended(other)
            #expect(failed["state"]?.string == "FAILED", "\(failed)")
            #expect(failed["reason"]?.string == "NO_ANSWER")

            let needles = [phone, ada.email, "Difference Engines plc", "38 and a half"]
            let forms = needles.flatMap { text in
                [Array(text.utf8)] + PersonalData.base64Forms(Array(text.utf8))
            }
            try stack.expectAbsent(ByteScanner(Set(forms)), "values of vendors", least: 1 << 16)
            let rebuilt = try stack.home.chancery("rebuild")
            #expect(rebuilt.status == 0, "\(rebuilt.said)")
            #expect(try await api.send(.GET, asked.path(), token: api.platform).status == 404)
            #expect(try await look(other) == failed)
            try stack.requireVerified("after vendors told of somebody who was erased")
        }
    }
}
