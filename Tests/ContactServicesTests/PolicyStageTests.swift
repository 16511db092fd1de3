import AccessControl
import ContactModel
import Foundation
import ServiceFakes
import Testing

@testable import ContactServices

/// What the access policies decide between the coded table and the services.
@Suite struct PolicyStageTests {
    let fixture = Fixture()
    static let permit = "permit (principal, action, resource);"

    @Test func nothingIsPermittedByTheTableAlone() async throws {
        let caller = try await fixture.authenticated(.enrichmentPlatform, policies: "")
        let permitted = try caller.authorized(for: .readContact)
        let error = #expect(throws: ServiceError.self) { try permitted.purposed([]) }
        #expect(error?.code == .forbidden && error?.policies == [])
    }

    @Test func noPolicyPermitsWhatTheTableDoesNot() async throws {
        let caller = try await fixture.authenticated(.operator, policies: Self.permit)
        let error = #expect(throws: ServiceError.self) { try caller.authorized(for: .readContact) }
        #expect(error?.code == .forbidden)
    }

    @Test func forbiddingPoliciesAreNamedAsFarAsTheAuditEntryHasRoom() async throws {
        let forbids = (10..<50).map {
            "@id(\"rule.number-\($0)\") forbid (principal, action, resource);"
        }
        let caller = try await fixture.authenticated(
            .dpo, policies: Self.permit + forbids.joined())
        let permitted = try caller.authorized(for: .eraseContact)
        let error = try #require(
            #expect(throws: ServiceError.self) { try permitted.purposed([]) })
        #expect(error.policies.count == 40)
        let audited = await Auditor(ledger: fixture.ledger).refusal(
            error, of: caller, action: .eraseContact)
        #expect(audited.isAudited)
        let append = try #require(fixture.ledger.appends.last)
        #expect(append.audit.reason == "forbidden")
        #expect(append.context.policyIds == (10..<42).map { "rule.number-\($0)" })
    }

    @Test func linesAreJudgedForTheContactsThatTheyName() async throws {
        let id = "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c"
        let caller = try await fixture.authenticated(
            .enrichmentPlatform,
            policies: Self.permit + """
                @id("restricted") forbid (principal, action, resource == Contact::"\(id)");
                """)
        var lines = LinePurposes(try caller.authorized(for: .applyMutations).purposed([]))
        let sales = try PurposeCode("sales")
        #expect(lines.verdict(for: sales, creates: false, on: id).policies == ["restricted"])
        #expect(lines.verdict(for: sales, creates: false, on: id).refusal?.code == .forbidden)
        #expect(lines.verdict(for: sales, creates: false).refusal == nil)
        #expect(lines.verdict(for: sales, creates: true).refusal == nil)
    }

    /// One stream, three purposes: each line is judged for its own, whatever the request's is.
    @Test(arguments: [["sales"], []])
    func bulkLinesAreJudgedForTheirOwnPurposes(header: [String]) async throws {
        let caller = try await fixture.authenticated(
            .enrichmentPlatform,
            policies: Self.permit + """
                @id("no-marketing") forbid (principal, action, resource)
                when { context has purpose && context.purpose in Purpose::"marketing" };
                """)
        let authorized = try caller.authorized(for: .applyMutations)
            .purposed(header.map { try PurposeCode($0) })
        let lines = [
            "for sales create k1 a@example.com", "for marketing create k2 b@example.com",
            "for campaign_management create k3 c@example.com", "for sales create k4 d@example.com",
        ]
        let body = AsyncStream<[UInt8]> { continuation in
            continuation.yield(Array(lines.joined(separator: "\n").utf8))
            continuation.finish()
        }
        var results: [BulkResult] = []
        try await BulkMutationService(ledger: fixture.ledger, keeper: fixture.keeper).run(
            authorized, body: body, parser: WordParser(covered: ["sales", "marketing"])
        ) { results += $0 }
        let codes = results.sorted { $0.line < $1.line }.map { result -> ServiceError.Code? in
            if case .failure(let error) = result.result { error.code } else { nil }
        }
        #expect(codes == [nil, .forbidden, .forbidden, nil])
    }
}
