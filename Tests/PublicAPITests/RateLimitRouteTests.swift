import ContactServices
import Foundation
import Synchronization
import Testing

@testable import PublicAPI

@Suite struct RateLimitRouteTests {
    private static let contact = "/api/v1/contacts/3f1f4d1e-8c0b-4b60-9c5e-0d4f5f0a1b2c"
    private static let search = "/api/v1/contacts?q=jane@example.com"

    /// Routes with few requests a minute and a clock that stands still.
    private static func fixture(
        address: Int = 1_000, principal: Int = 1_000, search: Int = 1_000
    ) -> APIFixture {
        var fixture = APIFixture()
        fixture.edge.rateLimits.address = address
        fixture.edge.rateLimits.principal = principal
        fixture.edge.rateLimits.search = search
        fixture.edge.now = { 0 }
        return fixture
    }

    @Test func everyAnswerTellsWhatIsLeft() async throws {
        let fixture = Self.fixture(principal: 100, search: 10)
        let replies = try await fixture.sendAll([
            .init(Self.contact), .init(Self.search), .init("/ledger/checkpoint"),
        ])
        #expect(replies[0].status == 404)
        #expect(replies[0].header("RateLimit-Policy") == #""principal";q=100;w=60"#)
        #expect(replies[0].header("RateLimit") == #""principal";r=99;t=1"#)
        #expect(replies[0].header("X-RateLimit-Remaining") == "99")
        #expect(
            replies[1].header("RateLimit-Policy")
                == #""principal";q=100;w=60, "search";q=10;w=60"#)
        #expect(replies[1].header("RateLimit") == #""principal";r=98;t=2, "search";r=9;t=6"#)
        #expect(replies[1].header("X-RateLimit-Remaining") == "9")
        // Nobody's principal: nothing to tell.
        #expect(replies[2].header("RateLimit") == nil)
    }

    @Test func aPrincipalBeyondItsQuotaWaitsAndOthersDoNot() async throws {
        let fixture = Self.fixture(principal: 2)
        let replies = try await fixture.sendAll(
            [.init(Self.contact), .init(Self.contact), .init(Self.contact)]
                + [.init(Self.contact, token: "dpo"), .init("/healthz", token: nil)])
        #expect(replies.map(\.status) == [404, 404, 429, 404, 200])
        #expect(replies[2].code == "rate-limited")
        #expect(replies[2].header("Retry-After") == "30")
        #expect(replies[2].header("RateLimit") == #""principal";r=0;t=60"#)
        #expect(replies[2].header("Content-Type") == "application/problem+json")
        // What is refused so asks nothing of the ledger.
        #expect(fixture.ledger.appends.count == 3)
    }

    @Test func searchHasAStricterQuotaOfItsOwn() async throws {
        let fixture = Self.fixture(principal: 10, search: 1)
        let replies = try await fixture.sendAll([
            .init(Self.search), .init(Self.search), .init(Self.contact),
        ])
        #expect(replies.map(\.status) == [200, 429, 404])
        #expect(replies[1].text.contains("search"))
    }

    @Test func anAddressBeyondItsQuotaWaitsWhateverItSends() async throws {
        let fixture = Self.fixture(address: 2)
        let (there, elsewhere) = ("2001:db8:1:2::7", "2001:db8:1:3::7")
        let replies = try await fixture.sendAll([
            .init(Self.contact, token: "nonsense", from: there),
            .init("/nowhere", token: nil, from: "2001:db8:1:2::8"),
            .init(Self.contact, from: there), .init("/ledger/checkpoint", token: nil, from: there),
            .init("/healthz", token: nil, from: there), .init(Self.contact, from: elsewhere),
        ])
        #expect(replies.map(\.status) == [401, 404, 429, 429, 200, 404])
        #expect(replies[0].header("RateLimit") == #""address";r=1;t=30"#)
        #expect(replies[2].header("Retry-After") == "30")
    }

    /// Signature checks cost: whoever sends garbage is not listened to for a while, and others on its address whose token is known are.
    @Test func whoeverSendsTokensThatDoNotCountIsNotListenedTo() async throws {
        let time = Time()
        var fixture = Self.fixture()
        fixture.edge.rateLimits.failedAuthentication = 2
        fixture.edge.now = { time.seconds.withLock { $0 } * 1_000_000_000 }
        fixture.edge.refusalWindow = .seconds(3_600)
        let here = "192.0.2.7"
        let garbage = APIFixture.Sent(Self.contact, token: "nonsense", from: here)
        let replies = try await fixture.sendAll(
            [
                garbage, .init(Self.contact, token: nil, from: here), garbage, garbage,
                .init(Self.contact, from: here), .init(Self.contact, token: "dpo", from: here),
                .init(Self.contact, from: "192.0.2.8"), .init("/healthz", token: nil, from: here),
                garbage, garbage,
            ],
            before: { index in if index == 8 { time.seconds.withLock { $0 = 30 } } })
        #expect(
            replies.map(\.status) == [401, 401, 401, 429, 429, 404, 404, 200, 401, 429])
        #expect(replies[3].code == "rate-limited" && replies[3].header("Retry-After") == "30")
        #expect(replies[3].header("RateLimit-Policy")?.contains("failed-authentication") == true)
        // What counts is not counted.
        #expect(replies[5].header("RateLimit-Policy")?.contains("failed-authentication") == false)
    }

    /// Replies to `sent`, with two tokens that may fail from an address.
    private static func replies(_ sent: [APIFixture.Sent]) async throws -> [Int] {
        var fixture = Self.fixture()
        fixture.edge.rateLimits.failedAuthentication = 2
        return try await fixture.sendAll(sent).map(\.status)
    }

    @Test func aClientCertificateIsListenedToWhateverItsNeighboursSend() async throws {
        let here = "192.0.2.7"
        let certificate = ClientCertificate(
            subject: "subject-enrichment-platform", thumbprint: Data(repeating: 1, count: 32),
            der: Data())
        let garbage = APIFixture.Sent(Self.contact, token: "nonsense", from: here)
        let known = APIFixture.Sent(Self.contact, from: here, certificate: certificate)
        let own = APIFixture.Sent(
            Self.contact, token: "nonsense", from: here, certificate: certificate)
        #expect(
            try await Self.replies([own, own, own, garbage, garbage, garbage, known])
                == [401, 401, 401, 401, 401, 429, 404])
    }

    @Test func tokensThatCountOrDidInTheirTimeCostTheirAddressNothing() async throws {
        let here = "192.0.2.7"
        let good = APIFixture.Sent(Self.contact, from: here)
        let expired = APIFixture.Sent(Self.contact, token: "expired", from: here)
        let garbage = APIFixture.Sent(Self.contact, token: "nonsense", from: here)
        #expect(
            try await Self.replies([
                expired, expired, expired, good, good, good, garbage, good, garbage, good,
            ]) == [401, 401, 401, 404, 404, 404, 401, 404, 401, 429])
    }

    @Test func aKnownTokenThatIsRefusedIsCounted() async throws {
        let revoked = APIFixture.Sent(Self.contact, token: "revoked", from: "192.0.2.7")
        let new = APIFixture.Sent(Self.contact, from: "192.0.2.7")
        #expect(try await Self.replies([new, revoked, revoked, new]) == [404, 401, 401, 429])
    }

    @Test func whatIsBeyondAQuotaIsInTheAuditTrailFolded() async throws {
        var fixture = Self.fixture(address: 2, principal: 1)
        fixture.edge.refusalWindow = .milliseconds(10)
        let replies = try await fixture.sendAll(
            [.init(Self.contact), .init(Self.contact), .init(Self.contact)]
                + [APIFixture.Sent](
                    repeating: .init("/ledger/checkpoint", token: nil, from: "192.0.2.7"), count: 3)
        )
        #expect(replies.map(\.status).filter { $0 == 429 }.count == 3)
        while fixture.ledger.refusals.reduce(0, { $0 + $1.count }) < 3 {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(Set(fixture.ledger.refusals.map(\.reason)) == ["rate-limited"])
    }

    /// An address in a header is the client's own word.
    @Test func aForwardedAddressIsNotBelieved() async throws {
        let fixture = Self.fixture(address: 1)
        let headers = ["X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP"]
        let replies = try await fixture.sendAll(
            headers.map { name in
                .init(
                    Self.contact, from: "192.0.2.7",
                    headers: [name: name == "Forwarded" ? "for=192.0.2.8" : "192.0.2.8"])
            })
        #expect(replies.map(\.status) == [404, 429, 429, 429])
    }

    @Test func timeBringsTheQuotaBack() async throws {
        let time = Time()
        var fixture = Self.fixture(principal: 1)
        fixture.edge.now = { time.seconds.withLock { $0 } * 1_000_000_000 }
        let replies = try await fixture.sendAll(
            [.init(Self.contact), .init(Self.contact), .init(Self.contact)],
            before: { index in if index == 2 { time.seconds.withLock { $0 = 60 } } })
        #expect(replies.map(\.status) == [404, 429, 404])
    }

    private final class Time: Sendable {
        let seconds = Mutex<Int64>(0)
    }
}
