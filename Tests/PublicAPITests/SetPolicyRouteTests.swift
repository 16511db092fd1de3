import AccessControl
import Foundation
import ServiceFakes
import Testing

@testable import PublicAPI

/// `/api/v1/policies`: who sets which, and what others see of it.
@Suite struct SetPolicyRouteTests {
    private let fixture = APIFixture()
    private static let path = "/api/v1/policies"
    private static let open = "permit (principal, action, resource);\n"

    private func put(
        _ text: String, token: String = "administrator", type: String = "text/plain",
        _ headers: [String: String?] = [:]
    ) async throws -> Reply {
        try await fixture.send(
            .put, Self.path, token: token,
            headers: headers.merging(["Content-Type": type]) { $1 }, body: text)
    }

    private func shown(_ query: String = "", token: String = "auditor") async throws -> Reply {
        try await fixture.send(.get, Self.path + query, token: token)
    }

    @Test func theCompiledInOnesAreInForceFirst() async throws {
        let reply = try await shown()
        #expect(reply.status == 200 && reply.header("ETag") == "\"0\"")
        #expect(reply.json?.names == ["version", "compiledIn", "textHash", "text"])
        #expect(reply.json?["text"]?.text == PolicySet.defaultText)
        // On record before it is shown.
        #expect(fixture.ledger.appends.last?.audit.action == "policy.read")
    }

    @Test func whatIsSetIsShownAndCountsAtOnce() async throws {
        let narrow = #"permit (principal in Role::"administrator", action, resource is Policy);"#
        let replies = try await fixture.sendAll([
            .init(
                Self.path, .put, token: "administrator",
                headers: ["Content-Type": "application/cedar", "If-Match": "\"0\""],
                body: Array(narrow.utf8)),
            .init("/api/v1/keys", token: "operator"),
            .init(Self.path, token: "administrator"),
        ])
        #expect(replies.map(\.status) == [200, 403, 200], "\(replies[0].text)")
        let index = try #require(replies[0].json?["index"]?.number)
        #expect(replies[0].json?.names == ["version", "generation", "index", "textHash"])
        #expect(
            replies[0].header("Link")
                == "</api/v1/ledger/entries/\(index)/receipt>; rel=\"receipt\"")
        #expect(replies[2].json?["text"]?.text == narrow)
        #expect(replies[2].json?["setBy"]?.text == "subject-administrator")
        #expect(replies[0].header("ETag") == replies[2].header("ETag"))
        guard case .setPolicy(let request)? = fixture.ledger.calls.first else {
            Issue.record("\(fixture.ledger.calls)")
            return
        }
        #expect(request.text == Data(narrow.utf8) && request.expected == 0)
        #expect(request.credential == Data("administrator".utf8))
    }

    @Test func thoseOfAPastEntryAreShown() async throws {
        let first = try #require(try await put(Self.open).json?["index"]?.number)
        let second = try await put(Self.open + "// more")
        #expect(second.status == 200)
        #expect(try await shown("?at=\(first - 1)").json?["version"] == .integer(0))
        let past = try await shown("?at=\(first)")
        #expect(past.json?["text"]?.text == Self.open && past.header("ETag") == nil)
        #expect(try await shown("?at=99999").status == 404)
        for query in ["?at=-1", "?generation=1", "?at=1&generation=0", "?when=1", "?at="] {
            #expect(try await shown(query).status == 400, "\(query)")
        }
    }

    @Test func whatIsNoPolicySetIsRefusedWithItsPlace() async throws {
        let reply = try await put("permit (principal, action, resource);\n  permt ();")
        #expect(reply.status == 422 && reply.code == "invalid-policies")
        #expect(reply.json?["line"] == .integer(2) && reply.json?["column"] == .integer(3))
        let bytes = try await fixture.send(
            .put, Self.path, token: "administrator", headers: ["Content-Type": "text/plain"],
            bytes: [0xFF])
        #expect(bytes.status == 400 && bytes.code == "invalid-utf8")
        #expect(try await put(Self.open, type: "application/json").status == 415)
        #expect(try await put(Self.open + "// \u{1}").code == "invalid-policies")
        let large = String(repeating: "/", count: 262_145)
        #expect(try await put(large).code == "invalid-policies")
        // Nothing was asked of the ledger but to record it.
        #expect(fixture.ledger.calls.count == fixture.ledger.appends.count)
        #expect(fixture.ledger.appends.allSatisfy { $0.audit.outcome == "REFUSED" })
    }

    /// Each of these parses, and would leave nobody of its author's kind who sets others.
    @Test(arguments: [
        "", #"permit (principal in Role::"operator", action, resource);"#,
        #"permit (principal, action, resource); forbid (principal, action == Action::"policy.set", resource);"#,
        #"permit (principal, action, resource is Contact);"#,
    ])
    func nobodyLocksThemselvesOut(text: String) async throws {
        let reply = try await put(text)
        #expect(reply.status == 422 && reply.code == "policies-lock-out", "\(text)")
        #expect(fixture.ledger.appends.map(\.audit.reason) == ["policies-lock-out"])
        #expect(fixture.ledger.calls.count == 1)
    }

    @Test func othersInForceThanExpectedAre412AndRecordedOnce() async throws {
        #expect(try await put(Self.open).status == 200)
        let reply = try await put(Self.open, ["If-Match": "\"0\""])
        #expect(reply.status == 412 && reply.code == "precondition-failed")
        #expect(fixture.ledger.appends.isEmpty)
        for tag in ["0", "\"\"", "*", "W/\"0\"", "\"0\", \"1\"", "\"00\"", "\"x\""] {
            #expect(try await put(Self.open, ["If-Match": tag]).status == 400, "\(tag)")
        }
    }

    @Test func aLostReplyLeavesItOpenAndSaysSo() async throws {
        fixture.ledger.fail("setPolicy", .noReply)
        let reply = try await put(Self.open)
        #expect(reply.status == 503 && reply.code == "outcome-unknown")
        #expect(reply.json?["detail"]?.text?.contains("Read the policies") == true)
        fixture.ledger.fail("setPolicy", nil)
        fixture.ledger.fault("setPolicy", .signature)
        #expect(try await put(Self.open).code == "signature-not-accepted")
    }

    @Test(arguments: ["operator", "auditor", "verifier", "dpo", "enrichment-platform"])
    func othersSetNone(token: String) async throws {
        let reply = try await put(Self.open, token: token)
        #expect(reply.status == 403 && reply.code == "forbidden")
        #expect(fixture.ledger.calls.count == 1)
    }

    @Test func withoutPoliciesOnlyProbesAreAnswered() async throws {
        fixture.ledger.fail("policyInForce", .unavailable)
        #expect(try await shown().status == 503)
        let contact = try await fixture.create()
        #expect(contact.status == 503 && contact.code == "ledger-unavailable")
        #expect(try await fixture.send(.get, "/healthz", token: nil).status == 200)
        let ready = try await fixture.send(.get, "/readyz", token: nil)
        #expect(ready.status == 503)
        #expect(ready.json?["policies"] == .object([JSONMember("ready", .bool(false))]))
        #expect(ready.json?["detail"]?.text?.contains("access policies") == true)
    }
}
