import Foundation
import ServiceFakes
import Testing

@testable import PublicAPI

/// One thing wrong, and the answer it gets.
struct BadInput: Sendable, CustomTestStringConvertible {
    let name: String
    let body: [UInt8]
    let status: Int
    let code: String
    let pointer: String?

    init(_ name: String, _ body: String, _ status: Int, _ code: String, at pointer: String? = nil) {
        self.init(name, bytes: Array(body.utf8), status, code, at: pointer)
    }

    init(_ name: String, bytes: [UInt8], _ status: Int, _ code: String, at pointer: String? = nil) {
        self.name = name
        body = bytes
        self.status = status
        self.code = code
        self.pointer = pointer
    }

    var testDescription: String { name }

    /// The good contact with one member replaced, or added.
    static func with(_ member: String, _ value: String) -> String {
        var members = [
            "email": #""jane@example.com""#, "fullName": #""Jane Doe""#,
            "consentType": #""EXPLICIT_OPT_IN""#, "legalBasis": #""GDPR_ART6_1A""#,
            "purposeCodes": #"["sales"]"#,
        ]
        members[member] = value
        return "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    static func without(_ member: String) -> String { with(member, "null") }

    static func attribute(_ changes: String) -> String {
        with(
            "attributes",
            #"[{"attributeType":"phone","value":"1","confidence":0.5,"sourceType":"DATA_SUBJECT"},{"#
                + changes + "}]")
    }

    static let all: [BadInput] = [
        BadInput("empty", "", 400, "malformed-json"),
        BadInput("not JSON", "email=jane@example.com", 400, "malformed-json"),
        BadInput("cut off", #"{"email":"jane"#, 400, "malformed-json"),
        BadInput("trailing text", APIFixture.contact + "{}", 400, "malformed-json"),
        BadInput("trailing comma", #"{"email":"a@b.example",}"#, 400, "malformed-json"),
        BadInput("single quotes", "{'email':'a'}", 400, "malformed-json"),
        BadInput("byte order mark", "\u{FEFF}" + APIFixture.contact, 400, "malformed-json"),
        BadInput("NaN", with("confidence", "NaN"), 400, "malformed-json"),
        BadInput("lone surrogate", with("fullName", #""\ud800""#), 400, "malformed-json"),
        BadInput("raw control character", with("fullName", "\"a\u{1}b\""), 400, "malformed-json"),
        BadInput(
            "invalid UTF-8", bytes: Array(#"{"email":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8),
            400,
            "invalid-utf8"),
        BadInput(
            "overlong UTF-8",
            bytes: Array(#"{"email":""#.utf8) + [0xC0, 0xAF] + Array(#""}"#.utf8), 400,
            "invalid-utf8"),
        BadInput("an array", "[]", 400, "not-an-object"),
        BadInput("a string", #""jane""#, 400, "not-an-object"),
        BadInput("null", "null", 400, "not-an-object"),
        BadInput(
            "too deep", String(repeating: "[", count: 100_000), 400, "too-deep"),
        BadInput(
            "member twice", #"{"email":"a@b.example","email":"c@d.example"}"#, 400,
            "duplicate-field"),
        BadInput(
            "member twice by escape", #"{"email":"a@b.example","\u0065mail":"c@d.example"}"#, 400,
            "duplicate-field"),
        BadInput("unknown field", with("phone", "1"), 400, "unknown-field", at: "/phone"),
        BadInput(
            "unknown field to escape", with("a/b~c", "1"), 400, "unknown-field", at: "/a~1b~0c"),
        BadInput("email missing", without("email"), 400, "missing-field", at: "/email"),
        BadInput(
            "consentType missing", without("consentType"), 400, "missing-field", at: "/consentType"),
        BadInput(
            "legalBasis missing", without("legalBasis"), 400, "missing-field", at: "/legalBasis"),
        BadInput(
            "purposeCodes missing", without("purposeCodes"), 400, "missing-field",
            at: "/purposeCodes"),
        BadInput("email a number", with("email", "1"), 400, "wrong-type", at: "/email"),
        BadInput("fullName a list", with("fullName", "[]"), 400, "wrong-type", at: "/fullName"),
        BadInput(
            "purposeCodes a string", with("purposeCodes", #""sales""#), 400, "wrong-type",
            at: "/purposeCodes"),
        BadInput(
            "a purpose a number", with("purposeCodes", #"["sales",1]"#), 400, "wrong-type",
            at: "/purposeCodes/1"),
        BadInput(
            "attributes an object", with("attributes", "{}"), 400, "wrong-type", at: "/attributes"),
        BadInput(
            "an attribute a string", with("attributes", #"["x"]"#), 400, "wrong-type",
            at: "/attributes/0"),
        BadInput("bad email", with("email", #""jane""#), 422, "invalid-email", at: "/email"),
        BadInput(
            "quoted email", with("email", #""\"a b\"@example.com""#), 422, "invalid-email",
            at: "/email"),
        BadInput(
            "zero byte in email", with("email", #""jane\u0000@example.com""#), 422, "invalid-email",
            at: "/email"),
        BadInput("empty name", with("fullName", #""""#), 422, "invalid-name", at: "/fullName"),
        BadInput(
            "control in name", with("fullName", #""a\u0007""#), 422, "invalid-name", at: "/fullName"
        ),
        BadInput(
            "long name", with("fullName", "\"" + String(repeating: "é", count: 257) + "\""), 422,
            "invalid-name", at: "/fullName"),
        BadInput(
            "bad consent", with("consentType", #""YES""#), 422, "invalid-consent-type",
            at: "/consentType"),
        BadInput(
            "bad basis", with("legalBasis", #""BECAUSE""#), 422, "invalid-legal-basis",
            at: "/legalBasis"),
        BadInput(
            "no purposes", with("purposeCodes", "[]"), 422, "invalid-purpose", at: "/purposeCodes"),
        BadInput(
            "bad purpose", with("purposeCodes", #"["sales","No!"]"#), 422, "invalid-purpose",
            at: "/purposeCodes/1"),
        BadInput(
            "consent in the future",
            with(
                "consents",
                #"[{"consentType":"OPT_OUT","legalBasis":"GDPR_ART6_1A","purposeCodes":["a"],"grantedAt":"2999-01-01T00:00:00Z"}]"#
            ), 422, "invalid-timestamp", at: "/consents/0/grantedAt"),
        BadInput(
            "too many consents",
            with(
                "consents",
                "["
                    + Array(
                        repeating:
                            #"{"consentType":"OPT_OUT","legalBasis":"GDPR_ART6_1A","purposeCodes":["a"]}"#,
                        count: 16
                    ).joined(separator: ",") + "]"), 422, "invalid-consents", at: "/consents"),
        BadInput(
            "attribute of unknown type",
            attribute(
                #""attributeType":"shoe","value":"1","confidence":0.5,"sourceType":"DATA_SUBJECT""#),
            422,
            "invalid-attribute-type", at: "/attributes/1/attributeType"),
        BadInput(
            "empty value",
            attribute(
                #""attributeType":"phone","value":" ","confidence":0.5,"sourceType":"DATA_SUBJECT""#
            ), 422,
            "invalid-attribute-value", at: "/attributes/1/value"),
        BadInput(
            "confidence above 1",
            attribute(
                #""attributeType":"phone","value":"1","confidence":1.5,"sourceType":"DATA_SUBJECT""#
            ), 422,
            "invalid-confidence", at: "/attributes/1/confidence"),
        BadInput(
            "negative confidence",
            attribute(
                #""attributeType":"phone","value":"1","confidence":-1,"sourceType":"DATA_SUBJECT""#),
            422,
            "invalid-confidence", at: "/attributes/1/confidence"),
        BadInput(
            "confidence a string",
            attribute(
                #""attributeType":"phone","value":"1","confidence":"1","sourceType":"DATA_SUBJECT""#
            ), 400,
            "wrong-type", at: "/attributes/1/confidence"),
        BadInput(
            "a system without a name",
            attribute(#""attributeType":"phone","value":"1","confidence":1,"sourceType":"CRM""#),
            422,
            "invalid-source", at: "/attributes/1/sourceIdentity"),
        BadInput(
            "a person with a name",
            attribute(
                #""attributeType":"phone","value":"1","confidence":1,"sourceType":"DATA_SUBJECT","sourceIdentity":"jane""#
            ),
            422, "invalid-source", at: "/attributes/1/sourceIdentity"),
        BadInput(
            "ends before it starts",
            attribute(
                #""attributeType":"phone","value":"1","confidence":1,"sourceType":"DATA_SUBJECT","validFrom":"2026-01-02T00:00:00Z","validUntil":"2026-01-01T00:00:00Z""#
            ), 422, "invalid-validity", at: "/attributes/1/validUntil"),
        BadInput(
            "no time",
            attribute(
                #""attributeType":"phone","value":"1","confidence":1,"sourceType":"DATA_SUBJECT","validFrom":"yesterday""#
            ),
            422, "invalid-timestamp", at: "/attributes/1/validFrom"),
        BadInput(
            "unknown field in attribute",
            attribute(
                #""attributeType":"phone","value":"1","confidence":1,"sourceType":"DATA_SUBJECT","x":1"#
            ), 400,
            "unknown-field", at: "/attributes/1/x"),
        BadInput(
            "too many attributes",
            with(
                "attributes",
                "["
                    + Array(
                        repeating:
                            #"{"attributeType":"phone","value":"1","confidence":1,"sourceType":"DATA_SUBJECT"}"#,
                        count: 65
                    ).joined(separator: ",") + "]"), 422, "invalid-attributes", at: "/attributes"),
        BadInput(
            "a hundred thousand attributes",
            with(
                "attributes",
                "[" + Array(repeating: "{}", count: 100_000).joined(separator: ",") + "]"), 413,
            "too-large"),
        BadInput(
            "a hundred purposes",
            with(
                "purposeCodes",
                "[" + (0..<100).map { "\"p\($0)\"" }.joined(separator: ",") + "]"), 422,
            "invalid-purpose", at: "/purposeCodes"),
        BadInput(
            "10 MB field",
            with("fullName", "\"" + String(repeating: "x", count: 10_000_000) + "\""), 413,
            "too-large"),
        BadInput(
            "body just above the bound", String(repeating: " ", count: 1_048_577), 413, "too-large"),
    ]
}

@Suite struct BadInputTests {
    let fixture = APIFixture()

    @Test(arguments: BadInput.all)
    func badInputIsNamedAndChangesNothingButTheAuditStream(input: BadInput) async throws {
        let reply = try await fixture.send(.post, "/api/v1/contacts", bytes: input.body)
        #expect(reply.status == input.status, "\(reply.text)")
        #expect(reply.code == input.code, "\(reply.text)")
        #expect(reply.json?["pointer"]?.text == input.pointer, "\(reply.text)")
        #expect(reply.header("Content-Type") == "application/problem+json")
        #expect(fixture.keeper.calls.isEmpty)
        #expect(fixture.ledger.appends.allSatisfy { $0.mutations.isEmpty })
        #expect(fixture.ledger.appends.map(\.audit.outcome) == ["REFUSED"])
        #expect(fixture.ledger.appends.map(\.audit.reason) == [input.code])
    }

    @Test(arguments: [
        (nil, 415), ("text/plain", 415), ("application/x-www-form-urlencoded", 415),
        ("application/json; charset=latin1", 415), ("application/json; charset=utf-8", 201),
        ("Application/JSON;charset=\"UTF-8\"", 201), ("application/json", 201),
    ])
    func theContentTypeIsJSON(type: String?, status: Int) async throws {
        let reply = try await fixture.create(headers: ["Content-Type": type])
        #expect(reply.status == status)
        if status == 415 { #expect(reply.code == "unsupported-media-type") }
    }

    @Test(arguments: [
        ("X-Purpose", nil, 400, "missing-purpose"), ("X-Purpose", "No!", 422, "invalid-purpose"),
        ("X-Purpose", "", 422, "invalid-purpose"),
        ("X-Request-ID", "a b", 400, "invalid-request-id"),
        ("Idempotency-Key", String(repeating: "k", count: 256), 400, "invalid-idempotency-key"),
        ("Idempotency-Key", "a b", 400, "invalid-idempotency-key"),
        ("Authorization", nil, 401, "unauthenticated"),
        ("Authorization", "Bearer nonsense", 401, "unauthenticated"),
        ("Authorization", "Basic enrichment-platform", 401, "unauthenticated"),
        ("Authorization", "Bearer dpo", 403, "forbidden"),
    ])
    func badHeadersAreNamed(header: String, value: String?, status: Int, code: String) async throws
    {
        let reply = try await fixture.create(headers: [header: value])
        #expect(reply.status == status, "\(reply.text)")
        #expect(reply.code == code)
        #expect(fixture.keeper.calls.isEmpty)
        #expect(fixture.ledger.appends.allSatisfy { $0.mutations.isEmpty })
        // Without a principal there is nobody to write an audit entry about, or to write it.
        #expect(fixture.ledger.appends.count == (status == 401 ? 0 : 1))
        if status == 401 { #expect(reply.header("WWW-Authenticate")?.hasPrefix("Bearer") == true) }
    }

    @Test func aRefusalThatCannotBeRecordedIs503() async throws {
        fixture.ledger.fail("append", .unavailable)
        let reply = try await fixture.create("nonsense")
        #expect(reply.status == 503)
        #expect(reply.code == "ledger-unavailable")
        #expect(reply.header("Retry-After") != nil)
    }

    /// Other bytes that Swift's `==` takes for the same text: a Kelvin sign for a K.
    @Test func namesOfMembersAreComparedByteForByte() throws {
        var reader = try ObjectReader(JSONReader.read(Array(#"{"idempotency\u212aey":"k"}"#.utf8)))
        #expect(try reader.optionalString("idempotencyKey") == nil)
    }
}
