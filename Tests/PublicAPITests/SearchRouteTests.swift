import Foundation
import ServiceFakes
import Testing

@testable import PublicAPI

@Suite struct SearchRouteTests {
    let fixture = APIFixture()

    private func fill() async throws {
        for (number, name) in ["Jane Doe", "Jané Roe", "John Doe", "Jane Doe-Smith"].enumerated() {
            let body = APIFixture.contact
                .replacingOccurrences(of: "jane@", with: "p\(number)@")
                .replacingOccurrences(of: "Jane Doe", with: name)
            _ = try await fixture.create(body)
        }
    }

    private func names(_ reply: Reply) -> [String?] {
        reply.json?["contacts"]?.list.map { $0["fullName"]?.text } ?? []
    }

    @Test(arguments: [
        ("jane", ["Jane Doe-Smith", "Jané Roe", "Jane Doe"]),
        ("DOE%20jane", ["Jane Doe-Smith", "Jane Doe"]), ("smith,", ["Jane Doe-Smith"]), ("jan", []),
    ])
    func contactsAreFoundByWordsOfTheirNames(query: String, expected: [String]) async throws {
        try await fill()
        let reply = try await fixture.send(.get, "/api/v1/contacts?q=\(query)")
        #expect(reply.status == 200 && names(reply) == expected && reply.json?["next"] == nil)
        #expect(fixture.ledger.appends.last?.audit.action == "contact.find")
    }

    /// One entry, however many are shown: it names each of them.
    @Test func whoWasShownStandsInOneAuditEntry() async throws {
        try await fill()
        let before = fixture.ledger.appends.count
        let reply = try await fixture.send(.get, "/api/v1/contacts?q=doe")
        #expect(names(reply).count == 3)
        #expect(fixture.ledger.appends.count == before + 1)
        let audit = try #require(fixture.ledger.appends.last?.audit)
        #expect(audit.subject.isEmpty && Set(audit.subjects).count == 3)
        _ = try await fixture.send(.get, "/api/v1/contacts?q=roe")
        let one = try #require(fixture.ledger.appends.last?.audit)
        #expect(one.subject.count == 16 && one.subjects.isEmpty)
    }

    @Test func pagesGoOn() async throws {
        try await fill()
        var (found, pages): ([String?], Int) = ([], 0)
        var cursor: String? = ""
        while let at = cursor {
            let reply = try await fixture.send(
                .get, "/api/v1/contacts?q=jane&limit=1" + (at.isEmpty ? "" : "&cursor=\(at)"))
            found += names(reply)
            cursor = reply.json?["next"]?.text
            pages += 1
        }
        #expect(found == ["Jane Doe-Smith", "Jané Roe", "Jane Doe"] && pages == 3)
    }

    /// What the index finds beside, by chance or by a keeper's slip, is not shown.
    @Test func whatHasNotTheWordsIsNotShown() async throws {
        try await fill()
        let all = try await fixture.send(.get, "/api/v1/contacts?purpose=sales")
        #expect(names(all).count == 4)
        let other = try await fixture.send(
            .get, "/api/v1/contacts?q=jane", headers: ["X-Purpose": "research"])
        #expect(other.status == 200 && names(other).isEmpty)
    }

    @Test(arguments: [
        ("", "missing-parameter"), ("q=", "missing-parameter"), ("limit=5", "missing-parameter"),
        ("q=...", "invalid-parameter"), ("q=a%20b%20c%20d%20e%20f%20g%20h", "invalid-parameter"),
        ("q=a%40b.example&limit=1", "invalid-parameter"), ("purpose=A", "invalid-parameter"),
        ("source=a%20b", "invalid-parameter"), ("createdFrom=now", "invalid-parameter"),
        ("q=jane&limit=0", "invalid-parameter"), ("q=jane&limit=101", "invalid-parameter"),
        ("q=jane&cursor=.", "invalid-parameter"), ("q=jane&name=x", "invalid-parameter"),
    ])
    func aBadSearchIsRefused(query: String, code: String) async throws {
        let reply = try await fixture.send(.get, "/api/v1/contacts?\(query)")
        #expect(reply.status == 400 && reply.code == code, "\(reply.text)")
    }
}
