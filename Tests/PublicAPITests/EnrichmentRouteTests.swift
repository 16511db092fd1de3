import ContactModel
import ContactServices
import Foundation
import HTTPTypes
import ServiceFakes
import Testing

@testable import PublicAPI

extension CallbackToken {
    /// Text of one that the fake keeper gives.
    static func fake(_ vendor: String, attempt: UInt32 = 1) -> String {
        let code = FakeKeeper.callbackToken(vendor, attempt: attempt).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        return "\(vendor).\(attempt).\(code)"
    }
}

/// What a vendor sends.
private enum Sent {
    static let values = [
        #"{"attributeType":"phone","value":"+44 1","confidence":0.9}"#,
        #"{"attributeType":"x-shoe","value":"38","confidence":0.8}"#,
    ]

    static func answer(
        _ email: String = "jane@example.com", _ values: [String] = values, _ more: String = ""
    ) -> String {
        #"{"email":"\#(email)","attributes":[\#(values.joined(separator: ","))]\#(more)}"#
    }
}

@Suite(.timeLimit(.minutes(1))) struct EnrichmentRouteTests {
    let fixture = APIFixture()
    static let path = "/api/v1/enrichments"

    private func contact() async throws -> String {
        try #require(try await fixture.create().json?["id"]?.text)
    }

    private func request(
        _ contact: String, _ body: String = #"{"vendors":["vendor-1","vendor.2"]}"#,
        token: String = "enrichment-platform", headers: [String: String?] = [:]
    ) async throws -> Reply {
        try await fixture.send(
            .post, "/api/v1/contacts/\(contact)/enrich", token: token, headers: headers,
            body: body)
    }

    private func get(
        _ path: String, token: String = "enrichment-platform"
    ) async throws -> Reply {
        try await fixture.send(.get, Self.path + path, token: token, headers: ["X-Purpose": nil])
    }

    /// An enrichment of a new contact.
    private func begun() async throws -> String {
        let reply = try await request(try await contact())
        try #require(reply.status == 202, "\(reply.text)")
        return try #require(reply.json?["id"]?.text)
    }

    private func answer(
        _ id: String, _ body: String = Sent.answer(),
        token: String? = CallbackToken.fake("vendor-1")
    ) async throws -> Reply {
        try await fixture.send(
            .post, Self.path + "/\(id)/results", token: nil,
            headers: ["X-Purpose": nil, "Callback-Token": token], body: body)
    }

    private func state(_ id: String) async throws -> String? {
        try await get("/\(id)").json?["state"]?.text
    }

    // MARK: - What it is there for

    @Test func itIsAskedForAnsweredAndDone() async throws {
        let contact = try await contact()
        let reply = try await request(contact)
        try #require(reply.status == 202, "\(reply.text)")
        let id = try #require(reply.json?["id"]?.text)
        let index = try #require(reply.json?["receipt"]?["index"]?.number)
        #expect(reply.header("Location") == "\(Self.path)/\(id)")
        #expect(
            reply.header("Link") == "</api/v1/ledger/entries/\(index)/receipt>; rel=\"receipt\"")
        #expect(reply.header("Cache-Control") == "no-store")
        #expect(
            reply.json?.names == [
                "id", "contactId", "state", "purpose", "attributeTypes", "vendors", "callbacks",
                "receipt",
            ])
        #expect(reply.json?["state"]?.text == "COLLECTING")
        #expect(
            reply.json?["vendors"]?.list.map(\.names)
                == Array(repeating: ["vendor", "attempt", "state", "deadline"], count: 2))
        let callbacks = reply.json?["callbacks"]?.list ?? []
        #expect(
            callbacks.map { $0["token"]?.text }
                == ["vendor-1", "vendor.2"].map { CallbackToken.fake($0) })
        #expect(callbacks.allSatisfy { $0["url"]?.text == Self.path + "/\(id)/results" })

        let one = try await answer(id)
        #expect(one.status == 202, "\(one.text)")
        #expect(one.json?["outcome"]?.text == "RESULTS")
        #expect(one.json?["received"]?.number == 1 && one.json?["dropped"]?.number == 1)
        #expect(one.header("Link") != nil && one.header("Idempotent-Replayed") == nil)
        #expect(try await state(id) == "COLLECTING")
        let two = try await answer(
            id, #"{"outcome":"NO_DATA"}"#, token: CallbackToken.fake("vendor.2"))
        #expect(two.status == 202 && two.json?["outcome"]?.text == "NO_DATA", "\(two.text)")
        try await fixture.api().enrichments.run()

        let done = try await get("/\(id)", token: "dpo")
        #expect(done.json?["state"]?.text == "COMPLETED", "\(done.text)")
        #expect(
            done.json?["vendors"]?.list.compactMap { $0["state"]?.text } == ["RESULTS", "NO_DATA"])
        #expect(done.json?["decisions"]?.list.compactMap { $0["decision"]?.text } == ["TAKEN"])
        let steps = done.json?["steps"]?.list ?? []
        #expect(
            steps.compactMap { $0["type"]?.text } == [
                "EnrichmentRequested", "EnrichmentReceived", "EnrichmentReceived",
                "EnrichmentMerged", "ProvenanceRecorded", "AttributeEnriched", "ContactEnriched",
            ])
        let receipt = "/api/v1/ledger/entries/\(index)/receipt?generation=1"
        #expect(steps.first?["receipt"]?.text == receipt)
        // No value is shown.
        #expect(!done.text.contains("+44") && !one.text.contains("+44"))
        #expect(!done.text.contains("jane@"))
    }

    @Test func whatIsRepeatedUnderItsKeyIsDoneOnce() async throws {
        let contact = try await contact()
        let first = try await request(contact, headers: ["Idempotency-Key": "k"])
        let again = try await request(contact, headers: ["Idempotency-Key": "k"])
        #expect(first.status == 202 && again.status == 202 && again.body == first.body)
        #expect(again.header("Idempotent-Replayed") == "true")
        #expect(again.header("Location") == first.header("Location"))
        let other = try await request(
            contact, #"{"vendors":["vendor-1"]}"#, headers: ["Idempotency-Key": "k"])
        #expect(other.status == 422 && other.code == "idempotency-mismatch")
        let second = try await request(contact)
        #expect(second.status == 409 && second.code == "conflict", "\(second.text)")
    }

    @Test func aTokenCountsOnce() async throws {
        let id = try await begun()
        let first = try await answer(id)
        let again = try await answer(id)
        #expect(again.status == 202 && again.body == first.body)
        #expect(again.header("Idempotent-Replayed") == "true")
        let other = try await answer(id, Sent.answer("jane@example.com", [Sent.values[0]]))
        #expect(other.status == 409 && other.code == "conflict", "\(other.text)")
        let audit = try #require(fixture.ledger.appends.last).audit
        #expect(audit.action == "enrichment.receive")
    }

    /// Whoever answers about another person learns nothing of them, not even whether they were erased.
    @Test func valuesAboutSomebodyElseEndTheAttemptWhoeverThatIs() async throws {
        let id = try await begun()
        let other = try await answer(id, Sent.answer("bob@example.com"))
        #expect(other.status == 422 && other.code == "subject-mismatch", "\(other.text)")
        #expect(other.json?["pointer"]?.text == "/email")
        #expect(try await state(id) == "COLLECTING")
        #expect(try await answer(id).status == 409)
        fixture.keeper.suppress("bob@example.com")
        let second = CallbackToken.fake("vendor-1", attempt: 2)
        let dropped = try await answer(id, Sent.answer("bob@example.com"), token: second)
        #expect(dropped.status == 422 && dropped.code == other.code, "\(dropped.text)")
        #expect(dropped.json?["detail"]?.text == other.json?["detail"]?.text)
        let received = fixture.ledger.appends.flatMap(\.mutations).flatMap(\.entries)
            .filter { $0.type == EnrichmentReceived.type }
            .compactMap { try? EventCoding.decode(EnrichmentReceived.self, from: $0.payload) }
            // But for the one that came too late.
            .filter { $0.outcome != .results }
        #expect(received.map(\.outcome) == [.error, .suppressed])
        #expect(received.allSatisfy { $0.attributes.isEmpty })
    }

    @Test func anErrorIsAskedAgainUntilTheAttemptsAreOver() async throws {
        let contact = try await contact()
        let reply = try await request(contact, #"{"vendors":["vendor-1"],"attempts":2}"#)
        let id = try #require(reply.json?["id"]?.text)
        #expect(try await answer(id, #"{"outcome":"ERROR"}"#).status == 202)
        let late = try await answer(id)
        #expect(late.status == 409, "\(late.text)")
        let tokens = try await fixture.send(.post, Self.path + "/\(id)/callbacks")
        #expect(tokens.status == 200 && tokens.header("Cache-Control") == "no-store")
        let token = CallbackToken.fake("vendor-1", attempt: 2)
        #expect(tokens.json?["callbacks"]?.list.map { $0["token"]?.text } == [token])
        #expect(try await answer(id, #"{"outcome":"ERROR"}"#, token: token).status == 202)
        let none = try await fixture.send(.post, Self.path + "/\(id)/callbacks")
        #expect(none.json?["callbacks"]?.list.isEmpty == true)
        try await fixture.api().enrichments.run()
        let done = try await get("/\(id)")
        #expect(done.json?["state"]?.text == "FAILED", "\(done.text)")
        #expect(done.json?["reason"]?.text == "NO_ANSWER")
    }

    @Test func vendorsFindWhatTheyAreAskedPageByPage() async throws {
        var asked: [String] = []
        for number in 0..<3 {
            let contact = try await fixture.create(
                APIFixture.contact.replacing("jane", with: "jane\(number)"))
            let id = try #require(contact.json?["id"]?.text)
            asked.append(try #require(try await request(id).json?["id"]?.text))
        }
        let page = try await get("?vendor=vendor.2&limit=2")
        #expect(page.status == 200, "\(page.text)")
        let ids = { (page: Reply) in
            page.json?["enrichments"]?.list.compactMap { $0["id"]?.text }
        }
        #expect(ids(page) == [asked[2], asked[1]])
        #expect(
            page.json?["enrichments"]?.list.first?.names == [
                "id", "contactId", "state", "purpose", "attributeTypes", "vendors",
            ])
        let next = try #require(page.json?["next"]?.text)
        let rest = try await get("?vendor=vendor.2&limit=2&cursor=\(next)")
        #expect(ids(rest) == [asked[0]] && rest.json?["next"] == nil)
        #expect(ids(try await get("?vendor=nobody"))?.isEmpty == true)
    }

    // MARK: - What is refused

    @Test(arguments: [
        ("{}", 400, "missing-field", "/vendors"),
        (#"{"vendors":"vendor-1"}"#, 400, "wrong-type", "/vendors"),
        (#"{"vendors":[1]}"#, 400, "wrong-type", "/vendors/0"),
        (#"{"vendors":[]}"#, 422, "invalid-source", "/vendors"),
        (#"{"vendors":["a","a"]}"#, 422, "invalid-source", "/vendors"),
        (
            #"{"vendors":["a","b","c","d","e","f","g","h","i"]}"#, 422, "invalid-source",
            "/vendors"
        ),
        (#"{"vendors":["a","jane doe"]}"#, 422, "invalid-source", "/vendors/1"),
        (
            #"{"vendors":["a"],"attributeTypes":[]}"#, 422, "invalid-attribute-type",
            "/attributeTypes"
        ),
        (
            #"{"vendors":["a"],"attributeTypes":["phone","phone"]}"#, 422,
            "invalid-attribute-type", "/attributeTypes"
        ),
        (#"{"vendors":["a"],"attempts":0}"#, 422, "invalid-attempts", "/attempts"),
        (#"{"vendors":["a"],"attempts":6}"#, 422, "invalid-attempts", "/attempts"),
        (#"{"vendors":["a"],"attempts":1.5}"#, 400, "wrong-type", "/attempts"),
        (#"{"vendors":["a"],"timeout":0}"#, 422, "invalid-attempts", "/timeout"),
        (#"{"vendors":["a"],"timeout":604801}"#, 422, "invalid-attempts", "/timeout"),
        (
            #"{"vendors":["a"],"timeout":99999999999999999999}"#, 400, "wrong-type", "/timeout"
        ),
        (#"{"vendors":["a"],"callback":"https://x"}"#, 400, "unknown-field", "/callback"),
    ])
    func whatCannotBeAskedIsRefusedAndAudited(
        body: String, status: Int, code: String, pointer: String
    ) async throws {
        let reply = try await request(try await contact(), body)
        #expect(reply.status == status && reply.code == code, "\(reply.text)")
        #expect(reply.json?["pointer"]?.text == pointer, "\(reply.text)")
        let audit = try #require(fixture.ledger.appends.last).audit
        #expect(audit.action == "enrichment.request" && audit.reason == code)
    }

    @Test(arguments: [
        ("{}", 400, "missing-field", "/email"),
        (#"{"outcome":"MAYBE"}"#, 422, "invalid-outcome", "/outcome"),
        (#"{"outcome":"SUPPRESSED"}"#, 422, "invalid-outcome", "/outcome"),
        (#"{"outcome":"TIMED_OUT"}"#, 422, "invalid-outcome", "/outcome"),
        (#"{"outcome":1}"#, 400, "wrong-type", "/outcome"),
        (#"{"outcome":"NO_DATA","email":"jane@example.com"}"#, 400, "unknown-field", "/email"),
        (#"{"outcome":"ERROR","attributes":[]}"#, 400, "unknown-field", "/attributes"),
        (Sent.answer("jane"), 422, "invalid-email", "/email"),
        (Sent.answer("jane@example.com", []), 422, "invalid-attributes", "/attributes"),
        (
            Sent.answer("jane@example.com", [Sent.values[0], Sent.values[0]]), 422,
            "invalid-attributes",
            "/attributes/1/attributeType"
        ),
        (
            Sent.answer("jane@example.com", [#"{"attributeType":"phone","value":"1"}"#]), 400,
            "missing-field", "/attributes/0/confidence"
        ),
        (
            Sent.answer(
                "jane@example.com",
                [#"{"attributeType":"shoe","value":"1","confidence":1}"#]), 422,
            "invalid-attribute-type", "/attributes/0/attributeType"
        ),
        (
            Sent.answer(
                "jane@example.com",
                [#"{"attributeType":"phone","value":"1","confidence":1.5}"#]), 422,
            "invalid-confidence", "/attributes/0/confidence"
        ),
        (
            Sent.answer(
                "jane@example.com",
                [#"{"attributeType":"phone","value":"","confidence":1}"#]), 422,
            "invalid-attribute-value", "/attributes/0/value"
        ),
        (
            Sent.answer(
                "jane@example.com",
                [
                    #"{"attributeType":"phone","value":"1","confidence":1,"validFrom":"2126-01-01T00:00:00Z"}"#
                ]), 422, "invalid-timestamp", "/attributes/0/validFrom"
        ),
        (
            Sent.answer(
                "jane@example.com",
                [
                    #"{"attributeType":"phone","value":"1","confidence":1,"validFrom":"2026-01-01T00:00:00Z","validUntil":"2026-01-01T00:00:00Z"}"#
                ]), 422, "invalid-validity", "/attributes/0/validUntil"
        ),
        (
            Sent.answer(
                "jane@example.com",
                [
                    #"{"attributeType":"phone","value":"1","confidence":1,"sourceIdentity":"other"}"#
                ]), 400, "unknown-field", "/attributes/0/sourceIdentity"
        ),
        (
            Sent.answer("jane@example.com", Sent.values, #","vendor":"x""#), 400, "unknown-field",
            "/vendor"
        ),
    ])
    func whatNoAnswerIsTakesNothing(
        body: String, status: Int, code: String, pointer: String
    ) async throws {
        let id = try await begun()
        let reply = try await answer(id, body)
        #expect(reply.status == status && reply.code == code, "\(reply.text)")
        #expect(reply.json?["pointer"]?.text == pointer, "\(reply.text)")
        // The token counts still.
        #expect(try await answer(id).status == 202)
    }

    @Test func nullCountsAsAbsentAndAWholeNumberAsAnInteger() async throws {
        let contact = try await contact()
        let reply = try await request(
            contact, #"{"vendors":["vendor-1"],"attributeTypes":null,"attempts":2.0,"timeout":6e1}"#
        )
        let id = try #require(reply.json?["id"]?.text, "\(reply.text)")
        let answered = try await answer(
            id, #"{"outcome":"NO_DATA","email":null,"attributes":null}"#)
        #expect(answered.status == 202, "\(answered.text)")
    }

    @Test func tooManyValuesAreRefused() async throws {
        let id = try await begun()
        let many = (0...64).map { #"{"attributeType":"x-\#($0)","value":"1","confidence":1}"# }
        let reply = try await answer(id, Sent.answer("jane@example.com", many))
        #expect(reply.status == 422 && reply.code == "invalid-attributes")
        let most = try await answer(
            id, Sent.answer("jane@example.com", Array(many.dropLast())))
        #expect(most.status == 202 && most.json?["dropped"]?.number == 64, "\(most.text)")
    }

    @Test(arguments: [
        nil, "", "vendor-1", "vendor-1.1", "vendor-1.1.", CallbackToken.fake("vendor-1") + "=",
        CallbackToken.fake("vendor-1").replacing(".1.", with: ".01."),
        CallbackToken.fake("vendor-1").replacing(".1.", with: ".-1."),
        String(repeating: "v", count: 100_000) + CallbackToken.fake("v"),
        // Well formed, and nothing that the keeper gave.
        CallbackToken.fake("vendor-1").replacing(".1.", with: ".2."),
        CallbackToken.fake("vendor.2").replacing("vendor.2", with: "vendor-1"),
        CallbackToken.fake("vendor-1").replacing("vendor-1", with: "vendor-3"),
        "vendor-1.1." + String(repeating: "A", count: 43),
    ])
    func whoHasNoTokenIsNobody(token: String?) async throws {
        let id = try await begun()
        let before = fixture.ledger.appends.count
        let reply = try await answer(id, token: token)
        #expect(reply.status == 401 && reply.code == "unauthenticated", "\(reply.text)")
        #expect(fixture.ledger.appends.count == before)
        #expect(try await state(id) == "COLLECTING")
    }

    /// Whoever has no token learns of nothing: neither of what there is nor of what is wrong with the body.
    @Test func theTokenIsLookedAtFirst() async throws {
        let known = try await begun()
        let calls = fixture.ledger.calls.count
        for id in [known, "nonsense", "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c"] {
            #expect(try await answer(id, "{", token: nil).status == 401)
            #expect(try await answer(id, "{", token: "x").status == 401)
        }
        #expect(fixture.ledger.calls.count == calls)
        #expect(try await answer(known, "{").code == "malformed-json")
        for id in ["nonsense", "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c"] {
            let reply = try await answer(id)
            #expect(reply.status == 404 && reply.code == "not-found", "\(reply.text)")
        }
    }

    @Test func whoGuessesIsNotListenedTo() async throws {
        var limited = fixture
        limited.edge.rateLimits.failedAuthentication = 3
        limited.edge.now = { 0 }
        limited.edge.refusalWindow = .milliseconds(10)
        let id = try await begun()
        func sent(_ token: String, _ address: String) -> APIFixture.Sent {
            APIFixture.Sent(
                Self.path + "/\(id)/results", .post, token: nil, from: address,
                headers: [
                    "Callback-Token": token, "Content-Type": "application/json",
                ], body: Array(Sent.answer().utf8))
        }
        let forged = CallbackToken.fake("vendor-1").replacing(".1.", with: ".2.")
        let good = CallbackToken.fake("vendor-1")
        let replies = try await limited.sendAll(
            [
                sent(good, "192.0.2.1"), sent(good, "192.0.2.1"), sent(forged, "192.0.2.1"),
                sent("x", "192.0.2.1"), sent(forged, "192.0.2.1"), sent(good, "192.0.2.1"),
                sent(good, "192.0.2.2"),
            ])
        #expect(replies.map(\.status) == [202, 202, 401, 401, 401, 429, 202])
        // Counted in the audit trail, not an entry for each.
        var counts: [String: UInt32] = [:]
        while counts["callback-token", default: 0] < 3 {
            try await Task.sleep(for: .milliseconds(2))
            counts = fixture.ledger.refusals.reduce(into: [:]) {
                $0[$1.reason, default: 0] += $1.count
            }
        }
        #expect(counts["callback-token"] == 3)
    }

    @Test(arguments: ["crm-sync", "marketing", "auditor", "verifier", "operator", "administrator"])
    func nobodyElseAsks(role: String) async throws {
        let contact = try await contact()
        let id = try #require(try await request(contact).json?["id"]?.text)
        let replies = [
            try await request(contact, token: role), try await get("/\(id)", token: role),
            try await get("?vendor=vendor-1", token: role),
            try await fixture.send(.post, Self.path + "/\(id)/callbacks", token: role),
        ]
        #expect(replies.map(\.status) == [403, 403, 403, 403])
    }

    @Test func theOfficerSeesAndDoesNotAsk() async throws {
        let contact = try await contact()
        let id = try #require(try await request(contact).json?["id"]?.text)
        #expect(try await get("/\(id)", token: "dpo").status == 200)
        #expect(try await request(contact, token: "dpo").status == 403)
        #expect(try await get("?vendor=vendor-1", token: "dpo").status == 403)
        let tokens = try await fixture.send(.post, Self.path + "/\(id)/callbacks", token: "dpo")
        #expect(tokens.status == 403)
    }

    @Test(arguments: [
        "", "?vendor=", "?vendor=a%20b", "?vendor=a&limit=0", "?vendor=a&limit=101",
        "?vendor=a&cursor=0", "?vendor=a&x=1", "?vendor=a&vendor=b",
    ])
    func aPageIsAskedForAsItMayBe(query: String) async throws {
        let reply = try await get(query)
        #expect(reply.status == 400, "\(reply.text)")
    }

    @Test func whatIsNotThereIs404() async throws {
        for id in ["3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c", "nonsense"] {
            let replies = [
                try await request(id), try await get("/\(id)"),
                try await fixture.send(.post, Self.path + "/\(id)/callbacks"),
            ]
            #expect(replies.map(\.status) == [404, 404, 404])
            #expect(replies.map(\.code) == ["not-found", "not-found", "not-found"])
        }
        let purposeless = try await request(try await contact(), headers: ["X-Purpose": nil])
        #expect(purposeless.status == 400 && purposeless.code == "missing-purpose")
    }
}
