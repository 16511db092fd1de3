import Foundation
import HTTPTypes
import ServiceFakes
import Testing

@testable import PublicAPI

@Suite struct ContactChangeRouteTests {
    let fixture = APIFixture()

    private func created() async throws -> String {
        let id = try #require(try await fixture.create().json?["id"]?.text)
        return "/api/v1/contacts/\(id)"
    }

    private func tag(_ path: String) async throws -> String {
        let reply = try await fixture.send(.get, path)
        return try #require(reply.header("ETag"))
    }

    private static let change = #"{"email":"Jane.Roe@example.com","fullName":"Jane Roe"}"#
    private static let consent =
        #"{"consentType":"DOUBLE_OPT_IN","legalBasis":"GDPR_ART6_1A","purposeCodes":["marketing"],"noticeRef":"notice-7","language":"de","jurisdiction":"DE","collectionMethod":"WEB_FORM","controller":"acme","evidenceRef":"mail of Jane, 3 May"}"#
    private static let attributes =
        #"{"attributes":[{"attributeType":"jobTitle","value":"CTO","confidence":0.9,"sourceType":"CRM","sourceIdentity":"crm-1"}]}"#

    // MARK: - PUT

    @Test func anUpdateReplacesAddressAndName() async throws {
        let path = try await created()
        let tag = try await tag(path)
        let reply = try await fixture.send(
            .put, path, headers: ["If-Match": tag], body: Self.change)
        #expect(reply.status == 200)
        #expect(reply.json?.names == ["id", "createdAt", "receipt"])
        let read = try await fixture.send(.get, path)
        #expect(read.json?["email"]?.text == "jane.roe@example.com")
        #expect(read.json?["fullName"]?.text == "Jane Roe")
        #expect(read.header("ETag") != tag)
        let found = try await fixture.send(.get, "/api/v1/contacts?q=jane.roe%40example.com")
        #expect(found.json?["contacts"]?.list.count == 1)
        // Nobody overwrites what they have not seen.
        let nameless = try await fixture.send(
            .put, path, headers: ["If-Match": "*"], body: #"{"email":"jane.roe@example.com"}"#)
        #expect(nameless.status == 200)
        #expect(try await fixture.send(.get, path).json?["fullName"] == nil)
    }

    @Test(
        arguments: [
            (nil, 428, "precondition-required"), ("\"1\"", 412, "precondition-failed"),
            ("\"1\", \"2\"", 412, "precondition-failed"), ("W/\"%\"", 412, "precondition-failed"),
            ("\"x\"", 412, "precondition-failed"), ("17", 400, "invalid-parameter"),
            ("", 400, "invalid-parameter"), ("\"1", 400, "invalid-parameter"),
            ("\"1\" \"2\"", 400, "invalid-parameter"),
            (String(repeating: "\"1\",", count: 40), 400, "invalid-parameter"),
        ] as [(String?, Int, String)])
    func anUpdateOfAVersionNobodySawIsRefused(
        header: String?, status: Int, code: String
    ) async throws {
        let path = try await created()
        let tag = try await tag(path)
        let header = header?.replacingOccurrences(of: "\"%\"", with: tag)
        let reply = try await fixture.send(
            .put, path, headers: ["If-Match": header], body: Self.change)
        #expect(reply.status == status && reply.code == code, "\(reply.text)")
        #expect(try await self.tag(path) == tag)
    }

    /// What cannot be undone least of all.
    @Test func whoForgetsOrRelabelsAnotherVersionThanTheyMeanIsRefused() async throws {
        let path = try await created()
        let tag = try await tag(path)
        let relabel = #"{"label":"s2/i1","reason":"case 7"}"#
        for (header, status) in [("\"1\"", 412), ("W/\(tag)", 412), ("\"1\",\"2\"", 400)] {
            let erasure = try await fixture.send(
                .delete, path, token: "dpo", headers: ["If-Match": header])
            #expect(erasure.status == status, "\(header)")
        }
        let stale = try await fixture.send(
            .post, path + "/relabel", token: "dpo|s1/i1-s2/i1", headers: ["If-Match": "\"1\""],
            body: relabel)
        #expect(stale.status == 412, "\(stale.text)")
        let fresh = try await fixture.send(
            .post, path + "/relabel", token: "dpo|s1/i1-s2/i1", headers: ["If-Match": tag],
            body: relabel)
        #expect(fresh.status == 200, "\(fresh.text)")
        let erased = try await fixture.send(
            .delete, path, token: "dpo|s1/i1-s2/i1", headers: ["If-Match": "*"])
        #expect(erased.status == 200)
    }

    @Test func oneOfSeveralTagsIsEnough() async throws {
        let path = try await created()
        let tag = try await tag(path)
        let reply = try await fixture.send(
            .put, path, headers: ["If-Match": "\"1\" , \(tag),W/\"9\""], body: Self.change)
        #expect(reply.status == 200)
    }

    @Test func anAddressThatAnotherHasIs409() async throws {
        let path = try await created()
        _ = try await fixture.create(
            APIFixture.contact.replacingOccurrences(of: "jane@", with: "joan@"))
        let reply = try await fixture.send(
            .put, path, headers: ["If-Match": "*"], body: #"{"email":"joan@example.com"}"#)
        #expect(reply.status == 409 && reply.code == "duplicate-email")
        #expect(reply.json?["pointer"]?.text == "/email" && !reply.text.contains("joan"))
    }

    @Test func anUpdateThatIsRepeatedGetsTheFirstAnswer() async throws {
        let path = try await created()
        let headers = ["If-Match": try await tag(path), "Idempotency-Key": "k"]
        let first = try await fixture.send(.put, path, headers: headers, body: Self.change)
        let again = try await fixture.send(.put, path, headers: headers, body: Self.change)
        #expect(first.status == 200 && again.status == 200 && again.body == first.body)
        #expect(again.header("Idempotent-Replayed") == "true")
    }

    @Test(arguments: [
        ("{}", 400, "missing-field"), (#"{"email":"x"}"#, 422, "invalid-email"),
        (#"{"email":"a@b.example","fullName":""}"#, 422, "invalid-name"),
        (#"{"email":"a@b.example","label":"s0/i1"}"#, 400, "unknown-field"),
    ])
    func aBadUpdateIsRefused(body: String, status: Int, code: String) async throws {
        let path = try await created()
        let reply = try await fixture.send(.put, path, headers: ["If-Match": "*"], body: body)
        #expect(reply.status == status && reply.code == code)
    }

    // MARK: - Attributes

    @Test func attributesAreAddedAndRead() async throws {
        let path = try await created()
        let added = try await fixture.send(.post, path + "/attributes", body: Self.attributes)
        #expect(added.status == 201)
        let read = try await fixture.send(.get, path + "/attributes", token: "dpo")
        #expect(read.status == 200 && read.json?.names == ["contactId", "version", "attributes"])
        #expect(read.json?["attributes"]?.list.map { $0["value"]?.text } == ["CTO"])
        #expect(read.header("ETag") == (try await tag(path)))
        let calls = fixture.ledger.appends.map(\.audit.action)
        #expect(calls.contains("attribute.add"))
    }

    @Test func attributesAreForAPurposeThatIsCoveredNow() async throws {
        let path = try await created()
        let refused = try await fixture.send(
            .post, path + "/attributes", headers: ["X-Purpose": "research"],
            body: Self.attributes)
        #expect(refused.status == 403 && refused.code == "purpose-not-covered")
        #expect(fixture.ledger.appends.last?.audit.outcome == "DENIED")
        #expect(try await fixture.send(.get, path).json?["attributes"]?.list.isEmpty == true)
    }

    @Test(arguments: [
        (#"{"attributes":[]}"#, 422, "invalid-attributes"), ("{}", 422, "invalid-attributes"),
        (#"{"attributes":[{}]}"#, 400, "missing-field"),
    ])
    func badAttributesAreRefused(body: String, status: Int, code: String) async throws {
        let path = try await created()
        let reply = try await fixture.send(.post, path + "/attributes", body: body)
        #expect(reply.status == status && reply.code == code)
    }

    // MARK: - Consent

    @Test func aConsentComesWithItsRecordAndIsRevokedByItsId() async throws {
        let path = try await created()
        let granted = try await fixture.send(
            .post, path + "/consent", headers: ["Idempotency-Key": "k"], body: Self.consent)
        #expect(granted.status == 201)
        let record = try #require(granted.json?["consent"])
        #expect(record["schemaVersion"]?.text == "ISO/IEC TS 27560:2023")
        #expect(record["noticeRef"]?.text == "notice-7" && record["state"]?.text == "ACTIVE")
        #expect(record["hasEvidence"] == .bool(true))
        #expect(!granted.text.contains("Jane"))
        let id = try #require(record["id"]?.text)
        #expect(granted.header("Location") == "\(path)/consent/\(id)")
        let again = try await fixture.send(
            .post, path + "/consent", headers: ["Idempotency-Key": "k"], body: Self.consent)
        #expect(again.status == 201 && again.body == granted.body)
        let read = try await fixture.send(.get, path, headers: ["X-Purpose": "marketing"])
        #expect(read.status == 200)
        let shown = try #require(read.json?["consents"]?.list.last)
        #expect(shown["id"]?.text == id)
        #expect(shown["evidenceRef"]?.text == "mail of Jane, 3 May")
        // From the next request on.
        let revoked = try await fixture.send(
            .delete, "\(path)/consent/\(id)", headers: ["X-Purpose": nil])
        #expect(revoked.status == 200)
        let refused = try await fixture.send(.get, path, headers: ["X-Purpose": "marketing"])
        #expect(refused.status == 403 && refused.code == "purpose-not-covered")
        let twice = try await fixture.send(.delete, "\(path)/consent/\(id)")
        #expect(twice.status == 404)
    }

    /// It is on record; that its record cannot be read again now must not look as if it were not.
    @Test func aConsentIsAcknowledgedWhateverComesOfItsRecord() async throws {
        let path = try await created()
        fixture.ledger.fail("readHistory", .noReply)
        let granted = try await fixture.send(.post, path + "/consent", body: Self.consent)
        #expect(granted.status == 201 && granted.json?["receipt"] != nil)
        #expect(granted.json?["consent"] == nil)
    }

    @Test func aContactWithNothingInForceIsRestricted() async throws {
        let path = try await created()
        let read = try await fixture.send(.get, path)
        #expect(read.json?["restricted"] == .bool(false))
        let id = try #require(read.json?["consents"]?.list.first?["id"]?.text)
        _ = try await fixture.send(.delete, "\(path)/consent/\(id)")
        let refused = try await fixture.send(.get, path)
        #expect(refused.status == 403 && refused.code == "purpose-not-covered")
        let added = try await fixture.send(.post, path + "/attributes", body: Self.attributes)
        #expect(added.status == 403)
    }

    @Test(arguments: ["nonsense", "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c"])
    func aConsentThatIsNotThereIs404(id: String) async throws {
        let path = try await created()
        let reply = try await fixture.send(.delete, "\(path)/consent/\(id)")
        #expect(reply.status == 404 && reply.code == "not-found")
        #expect(reply.json?["detail"]?.text?.contains("consent") == true)
    }

    @Test(arguments: [
        #""language":"de_DE""#, #""jurisdiction":"Germany""#, #""collectionMethod":"TELEPATHY""#,
        #""noticeRef":"https://a.example/?person=jane@example.com""#, #""controller":"a b""#,
        #""evidenceRef":"""#,
    ])
    func badTermsAreRefusedByName(term: String) async throws {
        let path = try await created()
        let body =
            #"{"consentType":"OPT_OUT","legalBasis":"GDPR_ART6_1A","purposeCodes":["sales"],\#(term)}"#
        let reply = try await fixture.send(.post, path + "/consent", body: body)
        #expect(reply.status == 422 && reply.code == "invalid-consents")
        let name = term.split(separator: "\"")[0]
        #expect(reply.json?["pointer"]?.text == "/\(name)" && !reply.text.contains("jane"))
    }

    // MARK: - Preferences and conditions

    @Test(arguments: [
        ("return=minimal", true), ("respond-async, return=\"minimal\"; x=1", true),
        ("return=representation", false),
    ])
    func whoPrefersLittleGetsLittle(preference: String, isMinimal: Bool) async throws {
        let headers: [String: String?] = ["Prefer": preference, "If-Match": "*"]
        let created = try await fixture.create(headers: headers)
        #expect(created.status == 201 && created.body.isEmpty == isMinimal)
        let path = try #require(created.header("Location"))
        let updated = try await fixture.send(.put, path, headers: headers, body: Self.change)
        #expect(updated.status == (isMinimal ? 204 : 200) && updated.body.isEmpty == isMinimal)
        for reply in [created, updated] {
            #expect(
                reply.header("Preference-Applied") == (isMinimal ? "return=minimal" : nil))
            #expect(reply.header("Link") != nil)
        }
    }

    @Test func whoHasTheNewestVersionIsToldSoOnRecord() async throws {
        let path = try await created()
        let tag = try await tag(path)
        for (header, status) in [
            (tag, 304), ("W/\(tag)", 304), ("*", 304), ("\"1\", \(tag)", 304), ("\"1\"", 200),
            ("nonsense", 200),
        ] {
            let before = fixture.ledger.appends.count
            let reply = try await fixture.send(.get, path, headers: ["If-None-Match": header])
            #expect(reply.status == status, "\(header)")
            #expect(reply.header("ETag") == tag && reply.body.isEmpty == (status == 304))
            #expect(fixture.ledger.appends.count == before + 1)
        }
    }
}
