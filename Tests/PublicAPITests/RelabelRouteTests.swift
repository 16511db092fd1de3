import Foundation
import HTTPTypes
import ServiceFakes
import Testing

@testable import PublicAPI

@Suite struct RelabelRouteTests {
    let fixture = APIFixture()
    static let officer = "dpo|s0/i2-s3:c0.c9/i0"

    private func path() async throws -> String {
        let created = try await fixture.create()
        return "/api/v1/contacts/\(try #require(created.json?["id"]?.text))/relabel"
    }

    private func relabel(
        _ path: String, _ body: String = #"{"label":"s2:c3/i2","reason":"case 7"}"#,
        token: String = officer, headers: [String: String?] = [:]
    ) async throws -> Reply {
        try await fixture.send(.post, path, token: token, headers: headers, body: body)
    }

    @Test func anOfficerRelabelsAndGetsAReceipt() async throws {
        let path = try await path()
        let reply = try await relabel(path, headers: ["Idempotency-Key": "k", "X-Purpose": nil])
        #expect(reply.status == 200, "\(reply.text)")
        #expect(reply.json?.names == ["id", "createdAt", "receipt"])
        let index = try #require(reply.json?["receipt"]?["index"]?.number)
        #expect(
            reply.header("Link") == "</api/v1/ledger/entries/\(index)/receipt>; rel=\"receipt\"")
        let again = try await relabel(path, headers: ["Idempotency-Key": "k"])
        #expect(again.status == 200 && again.body == reply.body)
        #expect(again.header("Idempotent-Replayed") == "true")
        // The contact is above whoever made it now.
        let contact = String(path.dropLast("/relabel".count))
        #expect(try await fixture.send(.get, contact).status == 404)
        let read = try await fixture.send(
            .get, contact, token: Self.officer, headers: ["X-Purpose": "sales"])
        #expect(read.json?["label"]?.text == "s2:c3/i2", "\(read.text)")
    }

    @Test(arguments: ["enrichment-platform", "crm-sync", "auditor", "operator", "administrator"])
    func nobodyElseDoes(role: String) async throws {
        let reply = try await relabel(path(), token: role + "|s0/i2-s3:c0.c9/i0")
        #expect(reply.status == 403 && reply.code == "forbidden")
        let audit = try #require(fixture.ledger.appends.last).audit
        #expect(audit.action == "contact.relabel" && audit.outcome == "DENIED")
    }

    @Test(arguments: [
        ("{}", 400, "missing-field"), (#"{"label":"s2/i1"}"#, 400, "missing-field"),
        (#"{"label":"s2","reason":"r"}"#, 422, "invalid-label"),
        (#"{"label":"s2/i1","reason":""}"#, 422, "invalid-reason"),
        (#"{"label":"s2/i1","reason":"for jane@example.com"}"#, 422, "invalid-reason"),
        (#"{"label":"s2/i1","reason":"r","x":1}"#, 400, "unknown-field"),
        (#"{"label":2,"reason":"r"}"#, 400, "wrong-type"),
        (#"{"label":"s0/i1","reason":"r"}"#, 403, "label-lowered"),
        (#"{"label":"s1/i0","reason":"r"}"#, 403, "label-lowered"),
        (#"{"label":"s1/i1","reason":"r"}"#, 409, "conflict"),
        (#"{"label":"s3:c11/i1","reason":"r"}"#, 403, "forbidden"),
    ])
    func whatCannotBeIsRefusedAndAudited(body: String, status: Int, code: String) async throws {
        let reply = try await relabel(path(), body)
        #expect(reply.status == status && reply.code == code, "\(reply.text)")
        #expect(!reply.text.contains("jane"))
        let audit = try #require(fixture.ledger.appends.last).audit
        #expect(audit.action == "contact.relabel" && audit.reason == code)
        #expect(fixture.ledger.appends.count == 2)
    }

    @Test(arguments: ["3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c", "nonsense"])
    func anUnknownContactIs404(id: String) async throws {
        let reply = try await relabel("/api/v1/contacts/\(id)/relabel")
        #expect(reply.status == 404 && reply.code == "not-found")
        let get = try await fixture.send(.get, "/api/v1/contacts/\(id)/relabel")
        #expect(get.status == 405 && get.header("Allow") == "POST")
    }
}
