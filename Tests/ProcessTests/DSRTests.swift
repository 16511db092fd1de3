import Foundation
import Testing

extension ProcessTests {
    /// Requests of data subjects through their lives, over HTTP, past a kill and a rebuild.
    @Suite(.serialized, .runningStack)
    struct DSR {
        let stack: Stack
        let api: API

        init() throws {
            stack = try #require(Stack.current)
            api = stack.api
        }

        private func create(_ name: String) async throws -> (id: String, email: String) {
            let email = "\(name)-\(UUID().uuidString.lowercased())@example.com"
            let reply = try await api.create(email: email)
            return (try #require(reply.json?["id"]?.string, "\(reply.text)"), email)
        }

        private func post(
            _ path: String, _ body: String = "{}", token: String? = nil, key: String? = nil
        ) async throws -> API.Reply {
            var headers = ["Content-Type": "application/json"]
            headers["Idempotency-Key"] = key
            return try await api.send(
                .POST, "/api/v1/dsr/\(path)", token: token ?? api.officer, headers: headers,
                body: Array(body.utf8))
        }

        private func file(
            _ kind: String, _ contact: String, _ more: String = "", token: String? = nil
        ) async throws -> String {
            let reply = try await post(
                kind,
                #"{"contactId":"\#(contact)","jurisdiction":"DE","channel":"EMAIL"\#(more)}"#,
                token: token)
            try #require(reply.status == 201, "\(reply.text)")
            #expect(reply.json?["state"]?.string == "RECEIVED")
            return try #require(reply.json?["id"]?.string)
        }

        /// The request as the officer sees it.
        private func request(_ id: String) async throws -> JSON {
            let reply = try await api.send(.GET, "/api/v1/dsr/\(id)", token: api.officer)
            try #require(reply.status == 200, "\(reply.text)")
            return try #require(reply.json)
        }

        private func take(_ id: String, _ steps: [(path: String, body: String)]) async throws {
            for (path, body) in steps {
                let reply = try await post("\(id)/\(path)", body)
                try #require(reply.status == 200, "\(path): \(reply.text)")
            }
        }

        private static let begin: [(path: String, body: String)] = [
            ("identity", #"{"method":"IDENTITY_DOCUMENT","evidenceRef":"safe 3, folder 9"}"#),
            ("start", "{}"),
        ]

        private func rebuild() throws {
            let rebuilt = try stack.home.chancery("rebuild")
            try #require(rebuilt.status == 0, "\(rebuilt.said)")
        }

        @Test func anAccessRequestLivesThroughAKillAndARebuild() async throws {
            let ada = try await create("ada")
            let filed = try await post(
                "access",
                #"{"email":"\#(ada.email)","jurisdiction":"DE","channel":"POST","receivedAt":"2026-01-31T12:00:00+01:00","words":"Was wissen Sie über mich?"}"#,
                token: api.platform, key: "dsr-\(ada.id)")
            try #require(filed.status == 201, "\(filed.text)")
            let id = try #require(filed.json?["id"]?.string)
            #expect(filed.json?["due"]?.string == "2026-02-28")
            let again = try await post(
                "access",
                #"{"email":"\#(ada.email)","jurisdiction":"DE","channel":"POST","receivedAt":"2026-01-31T12:00:00+01:00","words":"Was wissen Sie über mich?"}"#,
                token: api.platform, key: "dsr-\(ada.id)")
            #expect(again.json?["id"]?.string == id)
            #expect(again.headers.first(name: "Idempotent-Replayed") == "true")
            // Nobody works on it before it is known whose it is, and the platform never does.
            #expect(try await post("\(id)/start").status == 409)
            #expect(try await post("\(id)/complete").status == 409)
            let refused = try await post("\(id)/start", token: api.platform)
            #expect(refused.status == 403)
            try await take(id, [Self.begin[0]])
            try stack.home.killNine(try stack.home.pids()["chancery-ledger"])
            try stack.up()
            // The last day was over long ago.
            let late = try await post("\(id)/extend", #"{"reason":"COMPLEXITY"}"#)
            #expect(late.status == 409 && late.json?["code"]?.string == "illegal-step")
            try await take(id, [Self.begin[1], ("complete", "{}")])
            #expect(try await post("\(id)/cancel", #"{"reason":"WITHDRAWN"}"#).status == 409)
            let before = try await request(id)
            #expect(before["state"]?.string == "COMPLETED")
            #expect(before["words"]?.string == "Was wissen Sie über mich?")
            #expect(
                before["steps"]?.array?.compactMap { $0["type"]?.string } == [
                    "DSRReceived", "DSRIdentityVerified", "DSRStarted", "DSRCompleted",
                ])
            let receipt = try #require(before["steps"]?.array?.last?["receipt"]?.string)
            let proof = try await api.get(receipt, token: api.auditor)
            let file = stack.home.directory + "/dsr.tlog-proof"
            try Data(proof.body).write(to: URL(fileURLWithPath: file))
            #expect(try stack.home.verify([file]).status == 0)
            let answer = try await api.send(.GET, "/api/v1/dsr/\(id)/answer", token: api.officer)
            #expect(answer.json?["contact"]?["email"]?.string == ada.email, "\(answer.text)")
            #expect(try await api.get("/api/v1/dsr/\(id)/answer").status == 403)
            try await proveByEvidence(id, entries: 4)
            try rebuild()
            #expect(try await request(id) == before)
            try stack.requireVerified("with a request in it")
        }

        /// Each entry of the one file verifies by itself.
        private func proveByEvidence(_ id: String, entries: Int) async throws {
            let evidence = try await api.send(
                .GET, "/api/v1/dsr/\(id)/evidence", token: api.officer)
            let list = try #require(evidence.json?["entries"]?.array, "\(evidence.text)")
            #expect(list.count == entries)
            for (number, entry) in list.enumerated() {
                let receipt = try #require(entry["receipt"]?.string)
                let file = stack.home.directory + "/evidence-\(number).tlog-proof"
                try Data(receipt.utf8).write(to: URL(fileURLWithPath: file))
                let verified = try stack.home.verify([file])
                #expect(verified.status == 0, "\(verified.said)")
            }
        }

        @Test func whatThePersonProvidedIsTakenAlong() async throws {
            let ada = try await create("ada")
            let path = { (id: String) in "/api/v1/dsr/\(id)/answer" }
            let id = try await file("portability", ada.id)
            #expect(try await api.send(.GET, path(id), token: api.officer).status == 409)
            let line =
                #"{"op":"addAttributes","idempotencyKey":"p-\#(ada.id)","contactId":"\#(ada.id)","body":{"attributes":[{"attributeType":"jobTitle","value":"=CTO, \"x\"","confidence":1,"sourceType":"DATA_SUBJECT"},{"attributeType":"company","value":"Guessed Ltd","confidence":0.4,"sourceType":"VENDOR","sourceIdentity":"v-1"}]}}"#
            #expect(try await api.mutate([line]).lines.first?["status"]?.number == 201)
            try await take(id, Self.begin)
            for (type, holds) in [
                ("application/json", #""value":"=CTO, \"x\"""#),
                ("text/csv", #"jobTitle,"'=CTO, ""x""","#), ("text/vcard", #"TITLE:=CTO\, "x""#),
                ("application/jscontact+json", #""@type":"Card""#),
            ] {
                let reply = try await api.send(
                    .GET, path(id), token: api.officer, headers: ["Accept": type])
                #expect(reply.headers.first(name: "Content-Type")?.hasPrefix(type) == true)
                #expect(reply.text.contains(holds), "\(reply.text)")
                #expect(reply.text.contains(ada.email) && !reply.text.contains("Guessed"))
            }
        }

        @Test func aRestrictionHoldsFromTheNextRequestUntilItIsLifted() async throws {
            let ada = try await create("ada")
            let path = "/api/v1/contacts/\(ada.id)"
            let line = { (key: String) in
                #"{"op":"addAttributes","idempotencyKey":"\#(key)","contactId":"\#(ada.id)","body":{"attributes":[{"attributeType":"jobTitle","value":"CTO","confidence":0.9,"sourceType":"CRM","sourceIdentity":"crm-1"}]}}"#
            }
            let id = try await file("restrict", ada.id)
            try await take(id, Self.begin)
            #expect(try await api.get(path).status == 200)
            #expect(try await api.get("/api/v1/contacts?purpose=sales").text.contains(ada.id))
            try await take(id, [("complete", "{}")])
            try rebuild()
            let read = try await api.get(path)
            #expect(read.status == 403 && read.json?["code"]?.string == "processing-restricted")
            #expect(try await api.find(email: ada.email).status == 403)
            #expect(try await !api.get("/api/v1/contacts?purpose=sales").text.contains(ada.id))
            let restricted = try await api.get(path, token: api.officer)
            #expect(restricted.status == 200 && restricted.json?["restricted"] == .bool(true))
            let written = try await api.mutate([line("r1-\(ada.id)")])
            #expect(written.lines.first?["status"]?.number == 403, "\(written.text)")
            #expect(
                written.lines.first?["problem"]?["code"]?.string == "processing-restricted")
            try await take(id, [("lift", "{}")])
            let lifted = try await api.get(path)
            #expect(lifted.status == 200 && lifted.json?["restricted"] == .bool(false))
            let version = try #require(restricted.json?["version"]?.number)
            let then = try await api.get("\(path)?asOf=\(version)")
            #expect(then.json == restricted.json, "\(then.text)")
            #expect(
                try await api.mutate([line("r2-\(ada.id)")]).lines.first?["status"]?.number == 201)
        }

        @Test func anObjectionCoversThePurposeNoMore() async throws {
            let ada = try await create("ada")
            let path = "/api/v1/contacts/\(ada.id)"
            let id = try await file("object", ada.id, #","purposeCodes":["marketing"]"#)
            try await take(id, Self.begin + [("complete", "{}")])
            let read = try await api.get(path, purpose: "marketing")
            #expect(read.status == 403 && read.json?["code"]?.string == "purpose-not-covered")
            #expect(try await api.get(path, purpose: "campaign_management").status == 403)
            let objecting = try await api.get(path, purpose: "sales")
            let objection = try #require(objecting.json?["objections"]?.array?.first)
            #expect(objection["purposeCodes"]?.array?.map(\.string) == ["marketing"])
            let version = try #require(objecting.json?["version"]?.number)
            for (moment, count) in [(version, 1), (version - 2, 0)] {
                let then = try await api.get("\(path)?asOf=\(moment)", purpose: "sales")
                #expect(then.json?["objections"]?.array?.count == count, "\(then.text)")
            }
        }

        @Test func aCorrectionWritesTheValueAndTheRequestsAnswerTogether() async throws {
            let ada = try await create("ada")
            for recipient in ["erp.example", "crm.example", "erp.example"] {
                let shared = try await api.send(
                    .POST, "/api/v1/sharing", token: api.platform,
                    headers: ["Content-Type": "application/json", "X-Purpose": "sales"],
                    body: Array(
                        #"{"contactId":"\#(ada.id)","recipient":{"id":"\#(recipient)","name":"Example Ltd"},"purpose":"sales","legalBasis":"GDPR_ART6_1A","attributes":["email"]}"#
                            .utf8))
                try #require(shared.status == 201, "\(shared.text)")
            }
            let id = try await file("rectify", ada.id, token: api.platform)
            try await take(id, Self.begin)
            // A correction without anything corrected is none.
            let empty = try await post("\(id)/complete")
            #expect(empty.status == 409 && empty.json?["code"]?.string == "illegal-step")
            try await take(
                id,
                [
                    (
                        "complete",
                        #"{"attributes":[{"attributeType":"jobTitle","value":"CFO","confidence":1,"sourceType":"DATA_SUBJECT"}]}"#
                    )
                ])
            // Article 19: whom the data was given is queued for notice, with a receipt each.
            let notices = try await request(id)["steps"]?.array?.compactMap {
                $0["recipient"]?.string
            }
            #expect(notices == ["crm.example", "erp.example"])
            let read = try await api.get("/api/v1/contacts/\(ada.id)")
            #expect(read.json?["attributes"]?.array?.first?["value"]?.string == "CFO")
            #expect(try await request(id)["state"]?.string == "COMPLETED")
        }

        /// Held, released, erased; whom her data was given is told, and what became of her verifies with the trust file alone.
        @Test func anErasureIsCertifiedAndItsCertificateVerifiesOffline() async throws {
            let ada = try await create("ada")
            let contact = "/api/v1/contacts/\(ada.id)"
            let shared = try await api.send(
                .POST, "/api/v1/sharing", token: api.platform,
                headers: ["Content-Type": "application/json", "X-Purpose": "sales"],
                body: Array(
                    #"{"contactId":"\#(ada.id)","recipient":{"id":"mailer.example","name":"Ltd"},"purpose":"sales","legalBasis":"GDPR_ART6_1A","attributes":["email"]}"#
                        .utf8))
            try #require(shared.status == 201, "\(shared.text)")
            let delete = try await file("delete", ada.id)
            try await take(delete, Self.begin)
            let hold = try await api.send(
                .POST, contact + "/holds", token: api.officer,
                headers: ["Content-Type": "application/json"],
                body: Array(#"{"reason":"COURT_ORDER"}"#.utf8))
            let id = try #require(hold.json?["id"]?.string, "\(hold.text)")
            let held = try await api.send(.DELETE, contact, token: api.officer)
            #expect(held.status == 409 && held.json?["code"]?.string == "legal-hold")
            let early = try await api.send(
                .GET, "/api/v1/dsr/\(delete)/certificate", token: api.officer)
            #expect(early.status == 409, "\(early.text)")
            let released = try await api.send(
                .DELETE, contact + "/holds/" + id, token: api.officer)
            #expect(released.status == 200, "\(released.text)")
            let erased = try await api.send(.DELETE, contact, token: api.officer)
            try #require(erased.status == 200, "\(erased.text)")
            let path = try #require(erased.json?["certificate"]?.string)
            let told = try await post("\(delete)/notices/mailer.example", #"{"channel":"EMAIL"}"#)
            #expect(told.status == 200, "\(told.text)")
            let twice = try await post("\(delete)/notices/mailer.example", #"{"channel":"EMAIL"}"#)
            #expect(twice.status == 409, "\(twice.text)")
            try rebuild()
            let notice = try await request(delete)["notices"]?.array?.first
            #expect(notice?["state"]?.string == "NOTIFIED")
            for address in [path, "/api/v1/dsr/\(delete)/certificate"] {
                let certificate = try await api.send(.GET, address, token: api.officer)
                try #require(certificate.status == 200, "\(certificate.text)")
                let file = stack.home.directory + "/ada.certificate"
                try Data(certificate.body).write(to: URL(fileURLWithPath: file))
                let verified = try stack.home.verify(["--certificate", file])
                #expect(verified.status == 0, "\(verified.said)")
                #expect(verified.said.contains("mailer.example"))
                var flipped = certificate.body
                flipped[flipped.count / 2] ^= 1
                try Data(flipped).write(to: URL(fileURLWithPath: file))
                #expect(try stack.home.verify(["--certificate", file]).status == 1)
            }
        }

        @Test func aDeletionIsCompletedByTheErasureAndOutlivesThePerson() async throws {
            let (ada, bob) = (try await create("ada"), try await create("bob"))
            let delete = try await file("delete", ada.id, #","words":"Forget me""#)
            let access = try await file("access", ada.id)
            let held = try await file("delete", bob.id)
            for id in [delete, held] { try await take(id, Self.begin) }
            #expect(try await post("\(delete)/complete").status == 409)
            try await take(
                held, [("complete", #"{"reasons":["LEGAL_HOLD","ART17_3E_LEGAL_CLAIMS"]}"#)])
            #expect(try await request(held)["state"]?.string == "PARTIALLY_COMPLETED")
            let erased = try await api.send(
                .DELETE, "/api/v1/contacts/\(ada.id)", token: api.officer)
            try #require(erased.status == 200, "\(erased.text)")
            let before = [try await request(delete), try await request(access)]
            #expect(before.map { $0["state"]?.string } == ["COMPLETED", "CANCELLED"])
            #expect(before.allSatisfy { $0["contactId"] == nil && $0["words"] == nil })
            #expect(
                before[0]["steps"]?.array?.suffix(2).compactMap { $0["type"]?.string }
                    == ["ErasureOrdered", "SubjectErased"])
            #expect(try await post("\(access)/identity", Self.begin[0].1).status == 409)
            #expect(try await api.get("/api/v1/contacts/\(bob.id)").status == 200)
            try rebuild()
            #expect(try await [request(delete), request(access)] == before)
        }

        @Test func theQueueShowsWhatIsDueToTheOfficerAlone() async throws {
            let ada = try await create("ada")
            var ids: [String] = []
            for day in ["2020-03-31", "2020-01-31", "2020-02-29"] {
                ids.append(
                    try await file("ccpa/know", ada.id, #","receivedAt":"\#(day)T00:00:00Z""#))
            }
            var found: [String] = []
            var path: String? = "/api/v1/dsr?due=2020-12-31&limit=2"
            while let page = path {
                let reply = try await api.send(.GET, page, token: api.officer)
                found += reply.json?["requests"]?.array?.compactMap { $0["id"]?.string } ?? []
                path = (reply.json?["next"]?.string).map {
                    "/api/v1/dsr?due=2020-12-31&limit=2&cursor=\($0)"
                }
            }
            #expect(found == [ids[1], ids[2], ids[0]])
            for token in [api.platform, api.auditor, api.operatorToken, api.administrator] {
                #expect(try await api.send(.GET, "/api/v1/dsr", token: token).status == 403)
            }
        }
    }
}
