import ServiceFakes
import Testing

@testable import PublicAPI

/// What the access policies refuse on the way in. The set is the default one.
@Suite struct PolicyRouteTests {
    let fixture = APIFixture()

    @Test func consumersReadForTheirOwnPurposeAlone() async throws {
        let path =
            "/api/v1/contacts/" + (try #require(try await fixture.create().json?["id"]?.text))
        let sales = try await fixture.send(
            .get, path, token: "crm-sync", headers: ["X-Purpose": "sales_outreach"])
        #expect(sales.status == 200)
        let marketing = try await fixture.send(
            .get, path, token: "crm-sync", headers: ["X-Purpose": "campaign_management"])
        #expect(marketing.status == 403 && marketing.code == "forbidden")
        // Who asked need not know the policy; who audits must.
        #expect(!marketing.text.contains("for-sales-alone"))
        let append = try #require(fixture.ledger.appends.last)
        let audit = append.audit
        #expect(audit.outcome == "DENIED" && audit.reason == "forbidden")
        #expect(append.context.policyIds == ["crm-sync.for-sales-alone"])
        #expect(audit.purpose == "campaign_management")
    }

    /// What refused it came after the policies, which are named all the same.
    @Test func whatPoliciesPermittedAndSomethingElseRefusedNamesThem() async throws {
        let reply = try await fixture.send(
            .get, "/api/v1/contacts/3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c", token: "dpo")
        #expect(reply.status == 404)
        let append = try #require(fixture.ledger.appends.last)
        #expect(append.audit.outcome == "REFUSED")
        #expect(append.context.policyIds == ["dpo.contacts"])
    }

    /// The table refuses before a policy is asked.
    @Test(arguments: ["data-subject", "administrator"])
    func rolesWithoutARowMayNothing(token: String) async throws {
        let reply = try await fixture.send(
            .get, "/api/v1/contacts/3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c", token: token)
        #expect(reply.status == 403 && reply.code == "forbidden")
        #expect(fixture.ledger.appends.map(\.audit.reason) == ["forbidden"])
    }

    @Test func auditorsSeeEvidence() async throws {
        let reply = try await fixture.send(
            .get, "/api/v1/ledger/entries/0", token: "auditor", headers: ["X-Purpose": nil])
        #expect(reply.status != 403)
    }
}
