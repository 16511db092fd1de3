import Foundation
import ServiceFakes
import Testing

@testable import PublicAPI

@Suite struct MutationRouteTests {
    let fixture = APIFixture()

    static func create(_ key: String, _ email: String, ref: String? = nil, extra: String = "")
        -> String
    {
        let name = ref.map { #""ref":"\#($0)","# } ?? ""
        return
            #"{"op":"createContact","idempotencyKey":"\#(key)",\#(name)"body":{"email":"\#(email)","consentType":"DOUBLE_OPT_IN","legalBasis":"GDPR_ART6_1A","purposeCodes":["sales"]\#(extra)}}"#
    }

    static let attributes =
        #"{"attributes":[{"attributeType":"phone","value":"1","confidence":0.5,"sourceType":"CRM","sourceIdentity":"crm"}]}"#

    @Test func everyOperationHasItsResultLine() async throws {
        let results = try await fixture.mutate([
            Self.create("k1", "jane@example.com", ref: "r"),
            #"{"op":"addAttributes","idempotencyKey":"k2","ref":"r","body":\#(Self.attributes)}"#,
            #"{"op":"grantConsent","idempotencyKey":"k3","ref":"r","purpose":"research","body":{"consentType":"SOFT_OPT_IN","legalBasis":"GDPR_ART6_1F","purposeCodes":["research"]}}"#,
            Self.create("k4", "jane@example.com"), "nonsense",
        ])
        #expect(results.map { $0["line"]?.number } == [1, 2, 3, 4, 5])
        #expect(results.map { $0["status"]?.number } == [201, 201, 201, 409, 400])
        #expect(results[0].names == ["line", "status", "id", "createdAt", "receipt", "replayed"])
        #expect(Set(results.prefix(3).map { $0["id"]?.text }).count == 1)
        #expect(results[3]["problem"]?["code"]?.text == "duplicate-email")
        #expect(results[4]["problem"]?["type"]?.text == "urn:chancery:problem:malformed-json")
    }

    @Test(arguments: ["", "No!"])
    func whatIsNoPurposeIsRefusedBeforeALineIsRead(purpose: String) async throws {
        let reply = try await fixture.send(
            .post, "/api/v1/mutations",
            headers: ["Content-Type": "application/x-ndjson", "X-Purpose": purpose],
            body: Self.create("k1", "jane@example.com"))
        #expect(reply.status == 422 && reply.code == "invalid-purpose")
    }

    @Test func theSameStreamAgainIsReplayed() async throws {
        let lines = [
            Self.create("k1", "jane@example.com", ref: "r"),
            #"{"op":"addAttributes","idempotencyKey":"k2","ref":"r","body":\#(Self.attributes)}"#,
        ]
        let first = try await fixture.mutate(lines)
        let again = try await fixture.mutate(lines)
        #expect(again.map { $0["replayed"] } == [.bool(true), .bool(true)])
        #expect(again.map { $0["receipt"] } == first.map { $0["receipt"] })
    }

    @Test(
        arguments: [
            (#"{"idempotencyKey":"k","body":{}}"#, 400, "missing-field", "/op"),
            (
                #"{"op":"deleteContact","idempotencyKey":"k","body":{}}"#, 400, "unknown-operation",
                "/op"
            ),
            (
                #"{"op":"grantConsent","ref":"r","body":{}}"#, 400, "missing-idempotency-key",
                "/idempotencyKey"
            ),
            (
                #"{"op":"grantConsent","idempotencyKey":"a b","ref":"r","body":{}}"#, 400,
                "invalid-idempotency-key", "/idempotencyKey"
            ),
            (
                #"{"op":"grantConsent","idempotencyKey":"k","body":{}}"#, 400, "missing-field",
                "/contactId"
            ),
            (
                #"{"op":"grantConsent","idempotencyKey":"k","contactId":"x","body":{}}"#, 422,
                "invalid-id", "/contactId"
            ),
            (
                #"{"op":"grantConsent","idempotencyKey":"k","ref":"a@b","body":{}}"#, 422,
                "invalid-ref", "/ref"
            ),
            (
                #"{"op":"grantConsent","idempotencyKey":"k","ref":"r"}"#, 400, "missing-field",
                "/body"
            ),
            (
                #"{"op":"grantConsent","idempotencyKey":"k","ref":"r","body":1}"#, 400,
                "wrong-type", "/body"
            ),
            (
                #"{"op":"grantConsent","idempotencyKey":"k","ref":"r","body":{},"x":1}"#, 400,
                "unknown-field", "/x"
            ),
            (
                #"{"op":"grantConsent","idempotencyKey":"k","ref":"r","purpose":"No","body":{}}"#,
                422, "invalid-purpose", "/purpose"
            ),
            (
                #"{"op":"addAttributes","idempotencyKey":"k","ref":"r","body":{"attributes":[]}}"#,
                422, "invalid-attributes", "/body/attributes"
            ),
            (
                #"{"op":"addAttributes","idempotencyKey":"k","ref":"r","body":{"attributes":[],"x":1}}"#,
                400, "unknown-field", "/body/x"
            ),
            (
                #"{"op":"createContact","idempotencyKey":"k","body":{"email":"x"}}"#, 400,
                "missing-field", "/body/consentType"
            ),
            (
                #"{"op":"addAttributes","idempotencyKey":"k","ref":"never","body":{"attributes":[{"attributeType":"phone","value":"1","confidence":0.5,"sourceType":"DATA_SUBJECT"}]}}"#,
                422, "unknown-ref", "/ref"
            ),
            (" ", 400, "malformed-json", nil), ("[]", 400, "not-an-object", nil),
        ] as [(String, UInt64, String, String?)])
    func aBadLineIsNamedAndTheStreamGoesOn(
        line: String, status: UInt64, code: String, pointer: String?
    ) async throws {
        let results = try await fixture.mutate([line, Self.create("after", "jane@example.com")])
        #expect(results.map { $0["status"]?.number } == [status, 201], "\(results)")
        #expect(results[0]["problem"]?["code"]?.text == code)
        #expect(results[0]["problem"]?["pointer"]?.text == pointer)
    }

    @Test func anEmptyLineIsNoneAndStillCounted() async throws {
        let results = try await fixture.mutate(["", Self.create("a", "jane@example.com"), "\r"])
        #expect(results.map { $0["line"]?.number } == [2])
    }

    @Test func aLineThatMayBeTriedAgainSaysWhen() async throws {
        fixture.ledger.fail("append", .unavailable)
        let results = try await fixture.mutate([Self.create("k", "jane@example.com")])
        #expect(results.map { $0["status"]?.number } == [503])
        #expect(results[0]["problem"]?["retryAfter"]?.number == 1)
    }

    @Test func aLineTooLongIs413() async throws {
        let results = try await fixture.mutate([
            Self.create(
                "k1", "a@example.com",
                extra: #","fullName":"\#(String(repeating: "x", count: 300_000))""#),
            Self.create("k2", "b@example.com"),
        ])
        #expect(results.map { $0["status"]?.number } == [413, 201])
    }

    @Test(arguments: ["application/json", "text/plain"])
    func theContentTypeIsNDJSON(type: String) async throws {
        let reply = try await fixture.send(
            .post, "/api/v1/mutations", headers: ["Content-Type": type], body: "")
        #expect(reply.status == 415)
        #expect(fixture.ledger.appends.map(\.audit.reason) == ["unsupported-media-type"])
    }

    @Test(arguments: ["dpo", "verifier", "operator"])
    func onlyThePlatformMayMutate(role: String) async throws {
        let reply = try await fixture.send(
            .post, "/api/v1/mutations", token: role,
            headers: ["Content-Type": "application/x-ndjson"],
            body: Self.create("k", "a@example.com") + "\n")
        #expect(reply.status == 403)
        #expect(fixture.ledger.appends.map(\.audit.outcome) == ["DENIED"])
        #expect(fixture.ledger.appends.allSatisfy { $0.mutations.isEmpty })
    }
}
