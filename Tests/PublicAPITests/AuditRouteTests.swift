import Foundation
import HTTPTypes
import ServiceFakes
import Testing

@testable import PublicAPI

@Suite struct AuditRouteTests {
    let fixture = APIFixture()

    @Test(arguments: [
        "", "?action=key.rotate.segment-manifest",
        "?principal=crm&action=contact.read&category=DATA_ACCESS&outcome=DENIED&limit=500",
        "?contact=3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c&from=2026-01-31T09:30:00%2B02:00&cursor=1a",
    ])
    func theTrailIsAskedForWithFilters(query: String) async throws {
        for role in ["auditor", "dpo"] {
            let reply = try await fixture.send(.get, "/api/v1/audit" + query, token: role)
            #expect(reply.status == 200, "\(reply.text)")
            #expect(reply.json?.names == ["events"])
            #expect(reply.header("Cache-Control") == "no-store")
        }
        guard case .readAudit(let asked)? = fixture.ledger.calls.first else {
            Issue.record("not asked")
            return
        }
        if query.contains("principal") {
            #expect(asked.principal == "crm" && asked.action == "contact.read")
            #expect(asked.outcome == "DENIED" && asked.limit == 500)
        }
        if query.contains("contact=") {
            #expect(asked.contactID.count == 16 && asked.below == 46)
            #expect(asked.from == "2026-01-31T07:30:00.000000Z")
        }
        #expect(fixture.ledger.appends.map(\.audit.action) == ["audit.read", "audit.read"])
    }

    @Test(arguments: [
        "action=Contact", "action=", "action=a%20b", "category=x", "outcome=", "contact=1",
        "from=yesterday",
        "from=1969-12-31T23:59:59Z", "cursor=0", "cursor=A", "cursor=-1",
        "cursor=zzzzzzzzzzzzz", "limit=0", "limit=501", "limit=x", "offset=1",
        "limit=1&limit=2",
    ])
    func whatIsNoFilterIsRefused(query: String) async throws {
        let reply = try await fixture.send(.get, "/api/v1/audit?" + query, token: "auditor")
        #expect(reply.status == 400 && reply.code == "invalid-parameter", "\(reply.text)")
        #expect(!fixture.ledger.calls.contains { if case .readAudit = $0 { true } else { false } })
    }

    @Test(arguments: ["enrichment-platform", "verifier", "operator", "administrator", "marketing"])
    func nobodyElseSeesIt(role: String) async throws {
        let reply = try await fixture.send(.get, "/api/v1/audit", token: role)
        #expect(reply.status == 403)
        #expect(fixture.ledger.appends.map(\.audit.outcome) == ["DENIED"])
    }
}
