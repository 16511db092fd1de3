import Foundation
import ServiceFakes
import Testing

@testable import PublicAPI

@Suite struct HistoryRouteTests {
    let fixture = APIFixture()

    /// A contact with an attribute, and one more, and another address: the path, and the version behind each.
    private func changed() async throws -> (path: String, versions: [UInt64]) {
        let id = try #require(try await fixture.create().json?["id"]?.text)
        let path = "/api/v1/contacts/\(id)"
        var versions = [try await version(path)]
        for value in ["CTO", "CEO"] {
            let body =
                #"{"attributes":[{"attributeType":"jobTitle","value":"\#(value)","confidence":0.9,"sourceType":"CRM","sourceIdentity":"crm-1"}]}"#
            _ = try await fixture.send(.post, path + "/attributes", body: body)
            versions.append(try await version(path))
        }
        _ = try await fixture.send(
            .put, path, headers: ["If-Match": "*"], body: #"{"email":"roe@example.com"}"#)
        versions.append(try await version(path))
        return (path, versions)
    }

    private func version(_ path: String) async throws -> UInt64 {
        try #require(try await fixture.send(.get, path).json?["version"]?.number)
    }

    @Test func aContactIsShownAsTheLedgerStoodThen() async throws {
        let (path, versions) = try await changed()
        let expected: [(String, [String])] = [
            ("jane@example.com", []), ("jane@example.com", ["CTO"]),
            ("jane@example.com", ["CEO"]), ("roe@example.com", ["CEO"]),
        ]
        for (version, (email, values)) in zip(versions, expected) {
            let reply = try await fixture.send(.get, "\(path)?asOf=\(version)")
            #expect(reply.status == 200)
            #expect(reply.json?["email"]?.text == email)
            #expect(reply.json?["attributes"]?.list.map { $0["value"]?.text } == values)
            #expect(reply.json?["version"]?.number == version)
            #expect(reply.header("ETag") == "\"\(version)\"")
            let attributes = try await fixture.send(
                .get, "\(path)/attributes?asOf=\(version)&generation=1")
            #expect(attributes.json?["attributes"] == reply.json?["attributes"])
        }
    }

    @Test(arguments: [
        ("asOf=0", 404, "not-found"), ("asOf=9007199254740991", 404, "not-found"),
        ("asOf=yesterday", 400, "invalid-parameter"), ("asOf=", 400, "invalid-parameter"),
        ("asOf=2100-01-01T00:00:00Z", 400, "invalid-parameter"),
        ("asOf=1969-01-01T00:00:00Z", 400, "invalid-parameter"),
        ("asOf=3&generation=0", 400, "invalid-parameter"),
        ("asOf=2026-01-01T00:00:00Z&generation=1", 400, "invalid-parameter"),
        ("generation=1", 400, "invalid-parameter"), ("asOf=01", 400, "invalid-parameter"),
    ])
    func aMomentThatIsNoneIsRefused(query: String, status: Int, code: String) async throws {
        let (path, _) = try await changed()
        for suffix in ["", "/attributes"] {
            let reply = try await fixture.send(.get, "\(path)\(suffix)?\(query)")
            #expect(reply.status == status && reply.code == code, "\(reply.text)")
        }
    }

    @Test(arguments: [1, 2, 3, 500])
    func aHistoryHasEveryValueOnce(limit: Int) async throws {
        let (path, _) = try await changed()
        var values: [JSONValue] = []
        var cursor: String? = ""
        while let at = cursor {
            let reply = try await fixture.send(
                .get, "\(path)/history?limit=\(limit)" + (at.isEmpty ? "" : "&cursor=\(at)"),
                token: "dpo")
            #expect(reply.status == 200)
            values += try #require(reply.json?["values"]?.list)
            cursor = reply.json?["next"]?.text
        }
        #expect(
            values.map { $0["value"]?.text }
                == ["jane@example.com", "Jane Doe", "CTO", "CEO", "roe@example.com"])
        #expect(
            values.map { $0["field"]?.text }
                == ["email", "fullName", "jobTitle", "jobTitle", "email"])
        for value in values {
            #expect(value["recordedBy"]?.text == "subject-enrichment-platform")
            #expect(value["entry"]?.names == ["generation", "index"])
        }
    }

    @Test(arguments: ["limit=0", "limit=501", "cursor=-", "cursor=0", "q=1"])
    func aBadPageIsRefused(query: String) async throws {
        let (path, _) = try await changed()
        let reply = try await fixture.send(.get, "\(path)/history?\(query)")
        #expect(reply.status == 400 && reply.code == "invalid-parameter")
    }

    @Test func whatItWasIsForWhoKeepsItRight() async throws {
        let (path, versions) = try await changed()
        for token in ["crm-sync", "marketing", "verifier", "operator"] {
            let reply = try await fixture.send(.get, path + "/history", token: token)
            #expect(reply.status == 403, "\(token)")
        }
        let uncovered = try await fixture.send(
            .get, path + "/history", headers: ["X-Purpose": "research"])
        #expect(uncovered.status == 403 && uncovered.code == "purpose-not-covered")
        let then = try await fixture.send(
            .get, "\(path)?asOf=\(versions[0])", headers: ["X-Purpose": "research"])
        #expect(then.status == 403 && !then.text.contains("jane"))
    }

    @Test func nothingIsToldThatIsNotOnRecord() async throws {
        let (path, versions) = try await changed()
        fixture.ledger.fail("append", .unavailable)
        for suffix in ["/history", "?asOf=\(versions[0])", "/attributes"] {
            let reply = try await fixture.send(.get, path + suffix)
            #expect(reply.status == 503 && !reply.text.contains("jane"))
        }
    }
}
