import Foundation
import HTTPTypes
import ServiceFakes
import Testing

@testable import PublicAPI

@Suite struct SharingRouteTests {
    let fixture = APIFixture()
    static let path = "/api/v1/sharing"

    private func contact() async throws -> String {
        try #require(try await fixture.create().json?["id"]?.text)
    }

    private static func body(_ contact: String, _ more: String = "") -> String {
        #"{"contactId":"\#(contact)","recipient":{"id":"mailer","name":"Mailer Ltd"},"purpose":"sales","#
            + #""legalBasis":"GDPR_ART6_1A","attributes":["email"]\#(more)}"#
    }

    private func record(
        _ body: String, token: String = "dpo", headers: [String: String?] = [:]
    ) async throws -> Reply {
        try await fixture.send(.post, Self.path, token: token, headers: headers, body: body)
    }

    private func get(_ path: String, token: String = "dpo") async throws -> Reply {
        try await fixture.send(
            .get, Self.path + path, token: token, headers: ["X-Purpose": nil])
    }

    @Test func itIsRecordedToldAndRevoked() async throws {
        let contact = try await contact()
        let reply = try await record(
            Self.body(contact, #","expiresAt":"2126-01-01T00:00:00Z""#),
            headers: ["Idempotency-Key": "k"])
        try #require(reply.status == 201, "\(reply.text)")
        let id = try #require(reply.json?["id"]?.text)
        let index = try #require(reply.json?["receipt"]?["index"]?.number)
        #expect(reply.header("Location") == "\(Self.path)/\(id)")
        #expect(
            reply.header("Link") == "</api/v1/ledger/entries/\(index)/receipt>; rel=\"receipt\"")
        let again = try await record(
            Self.body(contact, #","expiresAt":"2126-01-01T00:00:00Z""#),
            headers: ["Idempotency-Key": "k"])
        #expect(again.status == 201 && again.body == reply.body)
        #expect(again.header("Idempotent-Replayed") == "true")
        #expect(again.header("Location") == reply.header("Location"))

        let one = try await get("/\(id)")
        #expect(one.status == 200, "\(one.text)")
        #expect(
            one.json?.names == [
                "id", "contactId", "recipient", "purpose", "legalBasis", "attributes", "sharedAt",
                "expiresAt", "state", "recorded",
            ])
        #expect(one.json?["state"]?.text == "active")
        #expect(one.json?["recipient"]?["name"]?.text == "Mailer Ltd")
        for list in ["/contact/\(contact)", "/recipient/mailer"] {
            let page = try await get(list)
            #expect(page.status == 200 && page.json?["next"] == nil, "\(page.text)")
            #expect(page.json?["sharings"]?.list.compactMap { $0["id"]?.text } == [id])
        }
        let revoked = try await fixture.send(.put, Self.path + "/\(id)/revoke", token: "dpo")
        #expect(revoked.status == 200 && revoked.json?["state"]?.text == "revoked")
        #expect(
            revoked.header("Link")?.contains("/receipt?generation=1>; rel=\"receipt\", <") == true)
        let twice = try await fixture.send(.put, Self.path + "/\(id)/revoke", token: "dpo")
        #expect(twice.status == 200 && twice.body == revoked.body)
    }

    @Test func listsGoOnWhereAPageEnded() async throws {
        let contact = try await contact()
        for _ in 0..<5 { #expect(try await record(Self.body(contact)).status == 201) }
        var (ids, path): ([String], String?) = ([], "/recipient/mailer?limit=2")
        while let next = path {
            let page = try await get(next)
            ids += page.json?["sharings"]?.list.compactMap { $0["id"]?.text } ?? []
            path = page.json?["next"]?.text.map { "/recipient/mailer?limit=2&cursor=" + $0 }
            #expect(page.json?["sharings"]?.list.count == (path == nil ? 1 : 2))
        }
        #expect(ids.count == 5 && Set(ids).count == 5)
    }

    @Test(arguments: [
        ("limit=0", "invalid-parameter"), ("limit=101", "invalid-parameter"),
        ("cursor=", "invalid-parameter"), ("cursor=0", "invalid-parameter"),
        ("cursor=-1", "invalid-parameter"), ("cursor=ZZ", "invalid-parameter"),
        ("x=1", "invalid-parameter"),
    ])
    func aPageIsAskedForAsItMayBe(query: String, code: String) async throws {
        let reply = try await get("/recipient/mailer?" + query)
        #expect(reply.status == 400 && reply.code == code, "\(reply.text)")
    }

    @Test(arguments: [
        (#""contactId":"x""#, 422, "invalid-id", "/contactId"),
        (#""purpose":"Sales""#, 422, "invalid-purpose", "/purpose"),
        (#""purpose":"marketing""#, 403, "purpose-not-covered", "/purpose"),
        (#""legalBasis":"GDPR_ART6_1B""#, 403, "purpose-not-covered", "/purpose"),
        (#""legalBasis":"consent""#, 422, "invalid-legal-basis", "/legalBasis"),
        (#""attributes":[]"#, 422, "invalid-attributes", "/attributes"),
        (#""attributes":["email","email"]"#, 422, "invalid-attributes", "/attributes/1"),
        (#""attributes":["email","jobTitle"]"#, 422, "invalid-attributes", "/attributes/1"),
        (#""attributes":["shoeSize"]"#, 422, "invalid-attribute-type", "/attributes/0"),
        (#""attributes":"email""#, 400, "wrong-type", "/attributes"),
        (#""recipient":{"id":"a b","name":"A"}"#, 422, "invalid-recipient", "/recipient/id"),
        (#""recipient":{"id":"a","name":" "}"#, 422, "invalid-recipient", "/recipient/name"),
        (#""recipient":{"id":"a"}"#, 400, "missing-field", "/recipient/name"),
        (#""recipient":{"id":"a","name":"A","x":1}"#, 400, "unknown-field", "/recipient/x"),
        (#""sharedAt":"2126-01-01T00:00:00Z""#, 422, "invalid-timestamp", "/sharedAt"),
        (
            #""sharedAt":"2026-01-01T00:00:00Z","expiresAt":"2026-01-01T00:00:00Z""#, 422,
            "invalid-validity", "/expiresAt"
        ),
        (#""expiresAt":"soon""#, 422, "invalid-timestamp", "/expiresAt"),
        (#""note":"""#, 400, "unknown-field", "/note"),
    ])
    func whatCannotBeIsRefusedAndAudited(
        change: String, status: Int, code: String, pointer: String
    ) async throws {
        let contact = try await contact()
        let name = String(change.prefix { $0 != ":" })
        let members = [
            #""contactId":"\#(contact)""#, #""recipient":{"id":"mailer","name":"Mailer Ltd"}"#,
            #""purpose":"sales""#, #""legalBasis":"GDPR_ART6_1A""#, #""attributes":["email"]"#,
        ].filter { !$0.hasPrefix(name + ":") }
        let reply = try await record("{" + (members + [change]).joined(separator: ",") + "}")
        #expect(reply.status == status && reply.code == code, "\(reply.text)")
        #expect(reply.json?["pointer"]?.text == pointer)
        let audit = try #require(fixture.ledger.appends.last).audit
        #expect(audit.action == "sharing.record" && audit.reason == code)
    }

    @Test(arguments: [
        "crm-sync", "marketing", "auditor", "verifier", "operator", "administrator", "data-subject",
    ])
    func recipientsAndOthersMayNot(role: String) async throws {
        let contact = try await contact()
        let id = try #require(try await record(Self.body(contact)).json?["id"]?.text)
        let replies = [
            try await record(Self.body(contact), token: role),
            try await fixture.send(.put, Self.path + "/\(id)/revoke", token: role),
            try await get("/\(id)", token: role),
            try await get("/contact/\(contact)", token: role),
            try await get("/recipient/mailer", token: role),
        ]
        #expect(replies.map(\.status) == [403, 403, 403, 403, 403])
    }

    @Test func givingDataIsForAPurpose() async throws {
        let contact = try await contact()
        let reply = try await record(Self.body(contact), headers: ["X-Purpose": nil])
        #expect(reply.status == 400 && reply.code == "missing-purpose")
    }

    @Test(arguments: ["3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c", "nonsense"])
    func whatIsNotThereIs404(id: String) async throws {
        for path in ["/\(id)", "/contact/\(id)"] {
            let reply = try await get(path)
            #expect(reply.status == 404 && reply.code == "not-found", "\(path)")
        }
        let reply = try await fixture.send(.put, Self.path + "/\(id)/revoke", token: "dpo")
        #expect(reply.status == 404 && reply.code == "not-found")
        let unknown = try await record(Self.body("3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c"))
        #expect(unknown.status == 404)
        let nobody = try await get("/recipient/nobody")
        #expect(nobody.status == 200 && nobody.json?["sharings"]?.list.isEmpty == true)
        let spaced = try await get("/recipient/a%20b")
        #expect(spaced.status == 422 && spaced.code == "invalid-recipient")
    }
}
