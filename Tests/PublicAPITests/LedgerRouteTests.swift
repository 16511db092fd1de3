import Foundation
import HTTPTypes
import ServiceFakes
import Testing

@testable import PublicAPI

@Suite struct LedgerRouteTests {
    let fixture = APIFixture()

    @Test func anEntryIsShownParsedAndAsBytes() async throws {
        let reply = try await fixture.send(.get, "/api/v1/ledger/entries/1", token: "verifier")
        #expect(reply.status == 200)
        #expect(reply.json?["header"]?["index"]?.number == 1)
        #expect(
            reply.json?["headerBytes"]?.text == Data(#"{"index":1}"#.utf8).base64EncodedString())
        #expect(reply.json?["payload"]?.text == "e30=")
        #expect(reply.json?["leafHash"]?.text == String(repeating: "ab", count: 32))
        #expect(fixture.ledger.appends.map(\.audit.action) == ["entry.read"])
        #expect(fixture.ledger.appends.map(\.audit.category) == ["LEDGER_ACCESS"])
    }

    @Test(arguments: ["verifier", "enrichment-platform"])
    func aReceiptIsAFileToKeep(role: String) async throws {
        let path = "/api/v1/ledger/entries/1/receipt"
        let reply = try await fixture.send(.get, path, token: role)
        #expect(reply.status == 200 && reply.text == "receipt 1")
        #expect(reply.header("X-JWS-Signature") == nil)
        let signed = try await fixture.send(.get, path + "?signature=jws", token: role)
        #expect(signed.status == 200 && signed.text == "receipt 1")
        #expect(signed.header("X-JWS-Signature") == "header..1")
        #expect(try await fixture.send(.get, path + "?signature=pgp", token: role).status == 400)
        #expect(reply.header("Content-Disposition")?.hasSuffix(".tlog-proof\"") == true)
        #expect(reply.header("Content-Type") == "text/plain; charset=utf-8")
    }

    @Test func proofsCarryHashesInBase64() async throws {
        let inclusion = try await fixture.send(
            .get, "/api/v1/ledger/proofs/inclusion?index=1", token: "verifier")
        #expect(inclusion.json?.names == ["index", "size", "leafHash", "root", "hashes"])
        #expect(inclusion.json?["size"]?.number == 2)
        #expect(
            inclusion.json?["hashes"]?.list.first?.text
                == Data(repeating: 1, count: 32).base64EncodedString())
        let consistency = try await fixture.send(
            .get, "/api/v1/ledger/proofs/consistency?from=1&to=2", token: "verifier")
        #expect(consistency.json?.names == ["from", "to", "fromRoot", "toRoot", "hashes"])
    }

    @Test(arguments: [
        ("entries/x", 400, "invalid-parameter"), ("entries/-1", 400, "invalid-parameter"),
        ("entries/01", 400, "invalid-parameter"),
        ("entries/9007199254740992", 400, "invalid-parameter"),
        ("entries/18446744073709551616", 400, "invalid-parameter"),
        ("entries/99", 404, "not-found"),
        ("entries/1?x=1", 400, "invalid-parameter"),
        ("proofs/inclusion", 400, "missing-parameter"),
        ("proofs/inclusion?index=2&size=2", 400, "invalid-parameter"),
        ("proofs/inclusion?index=1e3", 400, "invalid-parameter"),
        ("proofs/consistency?from=1", 400, "missing-parameter"),
        ("proofs/consistency?from=2&to=1", 400, "invalid-parameter"),
    ])
    func badQueriesAreNamedAndAudited(path: String, status: Int, code: String) async throws {
        let reply = try await fixture.send(.get, "/api/v1/ledger/" + path, token: "verifier")
        #expect(reply.status == status && reply.code == code, "\(reply.text)")
        #expect(fixture.ledger.appends.map(\.audit.reason) == [code])
    }

    @Test func checkpointsAndHashTilesArePublicAndUnaudited() async throws {
        let checkpoint = try await fixture.send(.get, "/ledger/checkpoint", token: nil)
        #expect(checkpoint.status == 200 && checkpoint.text == "checkpoint\n")
        #expect(checkpoint.header("Content-Type") == "text/plain; charset=utf-8")
        for path in ["tile/0/000", "tile/0/x001/234.p/5", "tile/1/000.p/1"] {
            let tile = try await fixture.send(.get, "/ledger/" + path, token: nil)
            #expect(tile.status == 200 && tile.text == "tile")
            #expect(tile.header("Cache-Control")?.contains("max-age=60") == true)
        }
        #expect(fixture.ledger.appends.isEmpty)
    }

    @Test func bundlesNeedAVerifier() async throws {
        for path in ["/ledger/tile/entries/000", "/ledger/tile/entries/x001/234.p/5"] {
            #expect(try await fixture.send(.get, path, token: nil).status == 401)
            #expect(try await fixture.send(.get, path).status == 403)
            #expect(try await fixture.send(.get, path, token: "verifier").text == "bundle")
        }
        #expect(
            fixture.ledger.appends.map(\.audit.outcome) == [
                "DENIED", "ALLOWED", "DENIED", "ALLOWED",
            ])
    }

    @Test(arguments: [
        "tile/0/0", "tile/0/1234", "tile/0/x000/001", "tile/0/000.p/0", "tile/0/000.p/256",
        "tile/64/000",
        "tile/-1/000", "tile/entries/0", "tile/0/../../checkpoint", "tile/0", "tile/x/000",
    ])
    func whatIsNoTileIsNotFound(path: String) async throws {
        let reply = try await fixture.send(.get, "/ledger/" + path, token: nil)
        #expect(reply.status == 404 && reply.code == "not-found")
    }

    @Test func theOperatorSeals() async throws {
        let reply = try await fixture.send(.post, "/api/v1/ledger/seal", token: "operator")
        #expect(reply.status == 200)
        #expect(reply.json?.names == ["segment", "firstIndex", "count", "manifestHash"])
        #expect(
            try await fixture.send(.post, "/api/v1/ledger/seal", token: "verifier").status == 403)
    }

    @Test func theOperatorCorrectsTheClock() async throws {
        let path = "/api/v1/ledger/clock-correction"
        let reply = try await fixture.send(.post, path, token: "operator")
        #expect(reply.status == 200)
        #expect(reply.json?.names == ["auditIndex", "treeSize"])
        for role in ["verifier", "enrichment-platform"] {
            #expect(try await fixture.send(.post, path, token: role).status == 403)
        }
    }

    @Test func probesTellLifeAndReadiness() async throws {
        #expect(try await fixture.send(.get, "/healthz", token: nil).status == 200)
        #expect(try await fixture.send(.get, "/readyz", token: nil).status == 200)
        fixture.ledger.fail("health", .unavailable)
        let reply = try await fixture.send(.get, "/readyz", token: nil)
        #expect(reply.status == 503)
        #expect(reply.json?["detail"]?.text?.contains("chancery-ledger") == true)
        #expect(try await fixture.send(.get, "/healthz", token: nil).status == 200)
        #expect(fixture.ledger.appends.isEmpty)
    }

    /// Told, while service goes on.
    @Test func probesTellThatCredentialsOnTheDiskAreNotThoseInForce() async throws {
        var fixture = fixture
        fixture.edge.credentials = { .outdated }
        let reply = try await fixture.send(.get, "/readyz", token: nil)
        #expect(reply.status == 200 && reply.json?["credentials"]?.text == "outdated")
        #expect(reply.json?["detail"]?.text?.contains("revoked tokens") == true)
    }

    @Test func probesDoNotTellWhatAilsADaemon() async throws {
        fixture.ledger.ail("cannot write /srv/secret/segment-00000001.sqlite")
        let reply = try await fixture.send(.get, "/readyz", token: nil)
        #expect(reply.status == 503 && !reply.text.contains("secret"))
        #expect(
            reply.json?.names == [
                "status", "detail", "ledger", "keeper", "policies", "certificates", "credentials",
            ])
        #expect(reply.json?["ledger"] == .object([JSONMember("ready", .bool(false))]))
        #expect(reply.json?["keeper"] == .object([JSONMember("ready", .bool(true))]))
    }

    @Test(arguments: [
        (HTTPRequest.Method.delete, "/api/v1/contacts", "POST, GET, HEAD"),
        (.patch, "/api/v1/contacts/3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c", "GET, HEAD, PUT, DELETE"),
        (.get, "/api/v1/mutations", "POST"), (.get, "/api/v1/ledger/seal", "POST"),
        (.post, "/ledger/checkpoint", "GET, HEAD"), (.post, "/ledger/tile/0/000", "GET, HEAD"),
    ])
    func aWrongMethodIs405WithAllow(method: HTTPRequest.Method, path: String, allow: String)
        async throws
    {
        let reply = try await fixture.send(method, path)
        #expect(reply.status == 405 && reply.code == "method-not-allowed")
        #expect(reply.header("Allow") == allow)
    }

    @Test(arguments: [
        "/", "/api", "/api/v1/contact", "/api/v1/contacts/a/b", "/ledger", "/ledger/tile", "/.env",
    ])
    func anUnknownPathIs404(path: String) async throws {
        let reply = try await fixture.send(.get, path)
        #expect(reply.status == 404 && reply.code == "not-found")
        #expect(reply.header("Content-Type") == "application/problem+json")
        #expect(reply.header("X-Request-ID") != nil)
    }
}
