import AccessControl
import Foundation
import TestSupport
import Testing

@testable import chancery

/// Keys that an issuer publishes, over real HTTPS, into the file that the daemons read.
@Suite final class KeySetFetchTests {
    private let home: Home
    private let server: IssuerServer
    private let first = LiveIssuer("k1")
    private let second = LiveIssuer("k2")

    init() throws {
        home = try Home(flag: FileManager.default.temporaryDirectory.path + "/chks-\(UUID())")
        try home.layout.create()
        _ = try DevelopmentPKI(home: home).ensure()
        server = try IssuerServer(
            .init(LiveIssuer.keySet(first)), certificate: home.serverCertificate,
            key: home.serverKey)
    }

    deinit {
        server.stop()
        try? FileManager.default.removeItem(atPath: home.root)
    }

    private func fetch(
        _ url: String? = nil, authority: String? = nil, patience: Duration = .seconds(10)
    ) async throws -> KeySetRefresh.Change? {
        let client = try KeySetClient(
            url: url ?? server.url, authority: authority ?? home.authority, patience: patience)
        var refresh = KeySetRefresh(client: client, path: home.issuerKeySet)
        do {
            let change = try await refresh.run()
            await client.shutdown()
            return change
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// nil: it did not fail.
    private func failure(
        authority: String? = nil, patience: Duration = .seconds(10)
    ) async -> OperatorError? {
        do {
            _ = try await fetch(authority: authority, patience: patience)
            return nil
        } catch {
            return error as? OperatorError
        }
    }

    private var file: Data? { FileManager.default.contents(atPath: home.issuerKeySet) }

    @Test func aTokenCountsUnderANewKeyAfterAFetchAndUnderARemovedOneNoMore() async throws {
        #expect(try await fetch() == .init(added: ["k1"], removed: [], unusable: []))
        let verifier = try TokenVerifier(
            jwksFile: home.issuerKeySet, deniedFile: home.layout.deniedTokens, issuer: first.name,
            recheck: .zero)
        let (old, new) = (try first.token("verifier"), try second.token("verifier"))
        _ = try await verifier.verify(old)
        await #expect(throws: AuthenticationError.self) { _ = try await verifier.verify(new) }

        server.publish(.init(try LiveIssuer.keySet(first, second)))
        #expect(try await fetch() == .init(added: ["k2"], removed: [], unusable: []))
        _ = try await verifier.verify(old)
        _ = try await verifier.verify(new)

        server.publish(.init(try LiveIssuer.keySet(second)))
        let change = try await fetch()
        #expect(change?.text == "issuer keys written: removed k1")
        _ = try await verifier.verify(new)
        let error = await #expect(throws: AuthenticationError.self) {
            _ = try await verifier.verify(old)
        }
        #expect(error?.code == .unknownKey)
        let mode = try FileManager.default.attributesOfItem(atPath: home.issuerKeySet)[
            .posixPermissions]
        #expect(mode as? Int == 0o644)
    }

    enum Trouble: CaseIterable {
        case internalError, notFound, redirect, oversized, noJSON, html, empty, privateKey, weakKey,
            endless

        func answer(_ issuer: LiveIssuer) throws -> IssuerServer.Answer {
            let good = try LiveIssuer.keySet(issuer)
            let weak =
                #"{"keys":[{"kty":"RSA","alg":"RS256","kid":"w","e":"AQAB","n":"\#(String(repeating: "_", count: 342))"}]}"#
            return switch self {
            case .internalError: .init(good, status: 500)
            case .notFound: .init(good, status: 404)
            case .redirect: .init(good, status: 302, location: "https://elsewhere.example/jwks")
            case .oversized: .init(good + Data(repeating: 0x20, count: KeySet.maxBytes))
            case .noJSON: .init(good.dropLast())
            case .html: .init("<html>".utf8)
            case .empty: .init(#"{"keys":[]}"#.utf8)
            case .privateKey:
                .init(
                    String(decoding: good, as: UTF8.self)
                        .replacingOccurrences(of: #"{"alg""#, with: #"{"d":"AA","alg""#).utf8)
            case .weakKey: .init(weak.utf8)
            case .endless: .init(good, isEndless: true)
            }
        }
    }

    @Test(arguments: Trouble.allCases)
    func whatCannotBeUsedLeavesTheKeysFromBefore(_ trouble: Trouble) async throws {
        _ = try await fetch()
        let before = file
        server.publish(try trouble.answer(second))
        let isEndless = trouble == .endless
        let error = await failure(
            patience: isEndless ? Duration.milliseconds(300) : Duration.seconds(10))
        #expect(error?.code == (isEndless ? OperatorError.Code.unreachable : .refused))
        #expect(error?.message.contains("https://localhost") == true)
        #expect(file == before && before != nil)
        // And it goes on when the issuer has mended it.
        server.publish(.init(try LiveIssuer.keySet(second)))
        #expect(try await fetch()?.added == ["k2"])
    }

    @Test func aServerThatIsDownOrOfAnotherAuthorityLeavesTheKeysFromBefore() async throws {
        _ = try await fetch()
        let before = file
        try ClientPKI(home: home).ensure()
        let stranger = await failure(authority: home.clientAuthority)
        #expect(stranger?.code == .unreachable && stranger?.nextStep.contains("--ca") == true)
        server.stop()
        let down = await failure()
        #expect(down?.code == .unreachable)
        #expect(file == before && before != nil)
    }

    @Test(arguments: [
        "http://localhost/jwks.json", "https://", "https://user:secret@localhost/jwks",
        "file:///etc/passwd", "localhost/jwks", "https://localhost/#x", "",
        "https://localhost/jwks?key=secret",
    ])
    func keysComeOverHTTPSAlone(url: String) throws {
        let error = #expect(throws: OperatorError.self) {
            _ = try KeySetClient(url: url, authority: nil)
        }
        #expect(error?.code == .badInput)
        #expect(error?.description.contains("secret") == false)
    }

    @Test func whatDidNotChangeIsNotWritten() async throws {
        let keys = try LiveIssuer.keySet(first)
        server.publish(.init(keys, tag: #""a""#))
        let client = try KeySetClient(url: server.url, authority: home.authority)
        var refresh = KeySetRefresh(client: client, path: home.issuerKeySet)
        #expect(try await refresh.run() != nil)
        let version = try inode()
        #expect(try await refresh.run() == nil)
        #expect(server.asked == [nil, #""a""#])
        #expect(try inode() == version)
        // Without a tag, by its bytes.
        server.publish(.init(keys))
        #expect(try await refresh.run() == nil)
        #expect(try inode() == version)
        // Somebody else has written the file: the tag is not of what is there.
        server.publish(.init(keys, tag: #""a""#))
        try LiveIssuer.keySet(second).write(to: URL(filePath: home.issuerKeySet))
        #expect(try await refresh.run() == .init(added: ["k1"], removed: ["k2"], unusable: []))
        #expect(server.asked.last == .some(nil))
        await client.shutdown()
    }

    @Test func eachFetchThatSucceedsIsNotedAndNoOther() async throws {
        _ = try await fetch()
        let path = KeySetFetch.path(of: home.issuerKeySet)
        #expect(KeySetFetch.read(beside: home.issuerKeySet) != nil)
        try FileManager.default.removeItem(atPath: path)
        server.publish(.init([], status: 500))
        #expect(await failure() != nil)
        #expect(!Files.exists(path))
        server.publish(.init(try LiveIssuer.keySet(first)))
        #expect(try await fetch() == nil)
        #expect(KeySetFetch.read(beside: home.issuerKeySet) != nil)
        try LiveIssuer.keySet(second).write(to: URL(filePath: home.issuerKeySet))
        #expect(KeySetFetch.read(beside: home.issuerKeySet) == nil)
    }

    @Test func ourKeyIsFoundHoweverItIsWritten() throws {
        try TokenIssuer.ensure(in: home)
        let issuer = try TokenIssuer(home: home)
        let text = try Files.readText(home.issuerKeySet)
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: [[String: String]]]
        )
        var keys = try #require(json["keys"])
        #expect(issuer.isPublished(in: home.issuerKeySet) && issuer.isAlone(in: home.issuerKeySet))
        keys[0]["kid"] = "other"
        keys.insert(first.jwk, at: 0)
        try JSONSerialization.data(withJSONObject: ["keys": keys], options: .prettyPrinted)
            .write(to: URL(filePath: home.issuerKeySet))
        #expect(issuer.isPublished(in: home.issuerKeySet) && !issuer.isAlone(in: home.issuerKeySet))
        try LiveIssuer.keySet(first).write(to: URL(filePath: home.issuerKeySet))
        #expect(!issuer.isPublished(in: home.issuerKeySet))
    }

    /// A gateway that was taken over would have an operator sign for another log.
    @Test func nothingIsSignedForALogThatTheTrustFileDoesNotName() async throws {
        let url = server.url.replacingOccurrences(of: "/jwks.json", with: "")
        let client = try GatewayClient(home: home, base: url)
        server.publish(.init("one.example/g2\n7\n".utf8))
        // Without a trust file there is nobody else to ask.
        #expect(try await LogOrigin.confirmed(by: client, home: home) == "one.example/g2")
        func trust(_ origins: [String]) throws {
            try JSONSerialization.data(
                withJSONObject: ["generations": origins.map { ["origin": $0] }]
            ).write(to: URL(filePath: home.trust))
        }
        try trust(["one.example/g1", "one.example/g2"])
        #expect(try await LogOrigin.confirmed(by: client, home: home) == "one.example/g2")
        for origins in [["one.example/g2", "one.example/g3"], ["two.example/g2"]] {
            try trust(origins)
            let error = await #expect(throws: OperatorError.self) {
                _ = try await LogOrigin.confirmed(by: client, home: home)
            }
            #expect(error?.code == .refused, "\(origins)")
        }
        try Data("{".utf8).write(to: URL(filePath: home.trust))
        let damaged = await #expect(throws: OperatorError.self) {
            _ = try await LogOrigin.confirmed(by: client, home: home)
        }
        #expect(damaged?.code == .inputOutput)
        await client.shutdown()
    }

    private func inode() throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: home.issuerKeySet)[.systemFileNumber]
            as? Int
    }

    @Test func keysUnderWhichNothingCountsAreNamed() async throws {
        var keys = [first.jwk]
        keys.append(["kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": "AA"])
        keys.append(["kty": "RSA", "kid": "r\u{1B}[2J", "n": "AA", "e": "AQAB"])
        keys.append(second.jwk.merging(["use": "enc"]) { $1 })
        server.publish(.init(try JSONSerialization.data(withJSONObject: ["keys": keys])))
        let text = try await fetch()?.text ?? ""
        #expect(text.hasPrefix("issuer keys written: added k1; passed over kid ed: "))
        #expect(text.contains("kid k2: not for signatures"))
        #expect(!text.contains("\u{1B}"))
        for secret in [first.jwk["x"], second.jwk["y"]] {
            #expect(try !text.contains(#require(secret)))
        }
    }

    @Test func waitsGrowWithFailuresAndNeverPassTheInterval() {
        var interval = RefreshInterval(.seconds(60))
        #expect(interval.next(0) == .seconds(48) && interval.next(1) == .seconds(60))
        var waits: [Duration] = []
        for _ in 0..<100 {
            interval.failed()
            waits.append(interval.next(1))
        }
        #expect(
            waits.prefix(5) == [
                .seconds(5), .seconds(10), .seconds(20), .seconds(40), .seconds(60),
            ])
        #expect(waits.last == .seconds(60))
        interval.succeeded()
        #expect(interval.next(1) == .seconds(60))
        var short = RefreshInterval(.seconds(1))
        short.failed()
        #expect(short.next(1) == .seconds(1))
    }
}
