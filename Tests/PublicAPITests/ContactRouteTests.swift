import Foundation
import HTTPTypes
import ServiceFakes
import Testing

@testable import PublicAPI

@Suite struct ContactRouteTests {
    let fixture = APIFixture()

    @Test func aCreatedContactComesWithItsReceipt() async throws {
        let reply = try await fixture.create(headers: ["X-Request-ID": "r-1"])
        #expect(reply.status == 201)
        let id = try #require(reply.json?["id"]?.text)
        #expect(reply.json?.names == ["id", "createdAt", "receipt"])
        #expect(reply.json?["receipt"]?.names == ["generation", "index", "leafHash", "treeSize"])
        let index = try #require(reply.json?["receipt"]?["index"]?.number)
        #expect(reply.json?["receipt"]?["leafHash"]?.text?.count == 64)
        #expect(reply.header("Location") == "/api/v1/contacts/\(id)")
        #expect(
            reply.header("Link") == "</api/v1/ledger/entries/\(index)/receipt>; rel=\"receipt\"")
        #expect(reply.header("X-Request-ID") == "r-1")
        #expect(reply.header("Cache-Control") == "no-store")
        #expect(reply.header("X-Content-Type-Options") == "nosniff")
        #expect(reply.header("Strict-Transport-Security") != nil)
        #expect(reply.header("Idempotent-Replayed") == nil)
        #expect(fixture.ledger.appends.first?.audit.requestID == "r-1")
    }

    @Test func aRepeatedRequestGetsTheFirstAnswer() async throws {
        let first = try await fixture.create(headers: ["Idempotency-Key": "k"])
        let again = try await fixture.create(headers: ["Idempotency-Key": "k"])
        #expect(again.status == 201 && again.body == first.body)
        #expect(again.header("Idempotent-Replayed") == "true")
        let other = try await fixture.create(
            APIFixture.contact.replacingOccurrences(of: "Jane", with: "Joan"),
            headers: ["Idempotency-Key": "k"])
        #expect(other.status == 422 && other.code == "idempotency-mismatch")
    }

    @Test func aTakenEmailIs409() async throws {
        _ = try await fixture.create()
        let reply = try await fixture.create()
        #expect(reply.status == 409 && reply.code == "duplicate-email")
        #expect(reply.json?["type"]?.text == "urn:chancery:problem:duplicate-email")
        #expect(reply.json?["title"]?.text == "Duplicate email")
        #expect(reply.json?["status"]?.number == 409)
        #expect(reply.json?["requestId"]?.text == reply.header("X-Request-ID"))
        #expect(!reply.text.contains("jane"))
    }

    @Test func aContactIsReadAndFound() async throws {
        let created = try await fixture.create()
        let id = try #require(created.json?["id"]?.text)
        let read = try await fixture.send(.get, "/api/v1/contacts/\(id)", token: "dpo")
        #expect(read.status == 200)
        #expect(read.json?["email"]?.text == "jane@example.com")
        #expect(read.json?["fullName"]?.text == "Jane Doe")
        #expect(read.json?["consents"]?.list.first?["purposeCodes"]?.list == [.string("sales")])
        let version = try #require(read.json?["version"]?.number)
        #expect(read.header("ETag") == "\"\(version)\"")
        #expect(read.header("Cache-Control") == "no-store")
        let found = try await fixture.send(.get, "/api/v1/contacts?q=JANE%40example.com")
        #expect(found.json?["contacts"]?.list == [try #require(read.json)])
        let none = try await fixture.send(.get, "/api/v1/contacts?q=nobody%40example.com")
        #expect(none.status == 200 && none.json?["contacts"]?.list.isEmpty == true)
    }

    @Test(arguments: [
        ("/api/v1/contacts/3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c", 404, "not-found"),
        ("/api/v1/contacts/nonsense", 404, "not-found"),
        ("/api/v1/contacts", 400, "missing-parameter"),
        ("/api/v1/contacts?q=", 400, "missing-parameter"),
        ("/api/v1/contacts?q=a%40b.example&q=c%40d.example", 400, "invalid-parameter"),
        ("/api/v1/contacts?q=a%40b.example&limit=1", 400, "invalid-parameter"),
        ("/api/v1/contacts?q=jane%40", 422, "invalid-email"),
        ("/api/v1/contacts?q=a%4", 400, "invalid-parameter"),
        ("/api/v1/contacts?q=a%zz%40b.example", 400, "invalid-parameter"),
        ("/api/v1/contacts?q=%c3%28%40b.example", 400, "invalid-parameter"),
        ("/api/v1/contacts?q", 400, "missing-parameter"),
        ("/api/v1/contacts/3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c?x=1", 400, "invalid-parameter"),
    ])
    func badReadsAreRefusedAndAudited(path: String, status: Int, code: String) async throws {
        let reply = try await fixture.send(.get, path)
        #expect(reply.status == status && reply.code == code, "\(reply.text)")
        #expect(fixture.ledger.appends.map(\.audit.reason) == [code])
    }

    @Test func aContactIsErasedByTheDataProtectionOfficerAlone() async throws {
        let path =
            "/api/v1/contacts/" + (try #require(try await fixture.create().json?["id"]?.text))
        for token in ["enrichment-platform", "verifier", "operator"] {
            let reply = try await fixture.send(.delete, path, token: token)
            #expect(reply.status == 403, "\(token)")
        }
        let erased = try await fixture.send(.delete, path, token: "dpo", headers: [:])
        #expect(erased.status == 200)
        #expect(
            erased.json?.names
                == [
                    "id", "status", "orderedIndex", "erasedIndex", "epochBefore", "epochAfter",
                    "erasureId", "certificate", "notices",
                ])
        #expect(erased.json?["status"]?.text == "ERASED")
        let ordered = try #require(erased.json?["orderedIndex"]?.number)
        let done = try #require(erased.json?["erasedIndex"]?.number)
        #expect(
            erased.header("Link")
                == "</api/v1/ledger/entries/\(ordered)/receipt>; rel=\"receipt\", "
                + "</api/v1/ledger/entries/\(done)/receipt>; rel=\"receipt\"")
        // Like any unknown id from now on.
        for method in [HTTPRequest.Method.get, .delete] {
            let reply = try await fixture.send(method, path, token: "dpo")
            #expect(reply.status == 404 && reply.code == "not-found")
        }
    }

    @Test func anErasureThatWaitsForTheKeeperIs202() async throws {
        let path =
            "/api/v1/contacts/" + (try #require(try await fixture.create().json?["id"]?.text))
        fixture.ledger.delayErasures()
        let reply = try await fixture.send(.delete, path, token: "dpo")
        #expect(reply.status == 202)
        #expect(
            reply.json?.names == [
                "id", "status", "orderedIndex", "erasureId", "certificate", "notices",
            ])
        #expect(reply.json?["status"]?.text == "ORDERED")
    }

    @Test func aPlusInAQueryIsAPlus() async throws {
        _ = try await fixture.create(
            APIFixture.contact.replacingOccurrences(of: "jane@", with: "jane+tag@"))
        let found = try await fixture.send(.get, "/api/v1/contacts?q=jane+tag%40example.com")
        #expect(found.json?["contacts"]?.list.count == 1)
    }

    @Test func aResourceWithoutAQuerySaysSo() async throws {
        let reply = try await fixture.send(
            .delete, "/api/v1/contacts/3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c?x=1", token: "dpo")
        #expect(reply.json?["detail"]?.text == "This resource takes no query.")
    }

    @Test func aPurposeThatNothingCoversIs403AndAudited() async throws {
        let refused = try await fixture.create(headers: ["X-Purpose": "research"])
        #expect(refused.status == 403 && refused.code == "purpose-not-covered")
        #expect(fixture.ledger.appends.map(\.audit.outcome) == ["DENIED"])
        #expect(fixture.ledger.appends.map(\.audit.purpose) == ["research"])
        #expect(refused.header("WWW-Authenticate") == nil)
        let created = try await fixture.create(headers: ["X-Purpose": "sales_outreach"])
        let path = "/api/v1/contacts/" + (try #require(created.json?["id"]?.text))
        let read = try await fixture.send(.get, path, headers: ["X-Purpose": "research"])
        #expect(read.status == 403 && !read.text.contains("jane"))
        let found = try await fixture.send(
            .get, "/api/v1/contacts?q=jane%40example.com", headers: ["X-Purpose": "research"])
        #expect(found.status == 403 && !found.text.contains("Jane"))
    }

    @Test func aReadIsAnsweredOnlyOnceItIsAudited() async throws {
        let id = try #require(try await fixture.create().json?["id"]?.text)
        fixture.ledger.fail("append", .unavailable)
        let reply = try await fixture.send(.get, "/api/v1/contacts/\(id)")
        #expect(reply.status == 503 && !reply.text.contains("jane"))
    }

    @Test func anUnknownOutcomeTellsHowToLearnIt() async throws {
        fixture.ledger.fail("append", .noReply)
        let reply = try await fixture.create()
        #expect(reply.status == 503 && reply.code == "outcome-unknown")
        #expect(reply.json?["detail"]?.text?.contains("idempotency key") == true)
        #expect(reply.header("Retry-After") != nil)
    }

    @Test func anErasureWhoseReplyIsLostSaysThatItsOutcomeIsUnknown() async throws {
        let created = try await fixture.create()
        let path = "/api/v1/contacts/" + (try #require(created.json?["id"]?.text))
        fixture.ledger.fail("erase", .noReply)
        let reply = try await fixture.send(.delete, path, token: "dpo")
        #expect(reply.status == 503 && reply.code == "outcome-unknown")
        fixture.ledger.fail("erase", nil)
        fixture.ledger.fault("erase", .unavailable, times: 1, mayHaveRun: true)
        let behind = try await fixture.send(.delete, path, token: "dpo")
        #expect(behind.status == 503 && behind.code == "outcome-unknown")
        fixture.ledger.fault("erase", .unavailable, times: 1)
        let before = try await fixture.send(.delete, path, token: "dpo")
        #expect(before.status == 503 && before.code == "ledger-unavailable")
    }

    @Test func theKeeperAwayIs503() async throws {
        fixture.keeper.fail(.unavailable)
        let reply = try await fixture.create()
        #expect(reply.status == 503 && reply.code == "keeper-unavailable")
    }

    @Test func headerNamesAreWhatTheySay() {
        #expect(HeaderNames.requestID.rawName == "X-Request-ID")
        #expect(HeaderNames.purpose.rawName == "X-Purpose")
        #expect(HeaderNames.idempotencyKey.rawName == "Idempotency-Key")
        #expect(HeaderNames.idempotentReplayed.rawName == "Idempotent-Replayed")
        #expect(HeaderNames.link.rawName == "Link")
        #expect(HeaderNames.referrerPolicy.rawName == "Referrer-Policy")
    }
}
