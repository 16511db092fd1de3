import ContactModel
import Crypto
import Foundation
import ProcessBoundary
import TestSupport
import Testing

@testable import AccessControl

/// Each attack on the step-up by its name.
@Suite struct RequestSignatureTests {
    private let client: SigningClient
    private let clock = ClockBox()
    private let signatures: RequestSignatures
    private static let token = "a.b.c"
    private static let target = SignedTarget(method: "DELETE", path: "/api/v1/contacts/x")

    init() throws {
        client = try SigningClient()
        let clock = clock
        clock.set(TestIssuer.now - 600)
        signatures = RequestSignatures { clock.date }
        clock.set(TestIssuer.now)
    }

    private func principal(_ client: SigningClient?) -> SecurityPrincipal {
        SecurityPrincipal(
            subject: "dpo-1", roles: [.dpo], clearance: .default, tokenID: "j",
            expiresAt: .distantFuture, certificateThumbprint: client?.thumbprint)
    }

    private func wire(
        _ signed: (input: String, signature: String), _ certificate: Data? = nil
    ) -> WireSignedRequest {
        .with {
            $0.certificate = certificate ?? client.certificate
            $0.input = signed.input
            $0.signature = signed.signature
        }
    }

    /// nil: it counts.
    private func refusal(
        _ signed: WireSignedRequest, target: SignedTarget = Self.target, token: String = Self.token,
        of principal: SecurityPrincipal? = nil, at origin: String = SigningClient.origin
    ) -> SignatureRefusal? {
        do {
            try signatures.check(
                signed, for: target, at: origin, credential: Data(token.utf8),
                of: principal ?? self.principal(client))
            return nil
        } catch {
            #expect(error.code == .signature || error.code == .overloaded)
            return SignatureRefusal(rawValue: error.message)
        }
    }

    private func sign(
        _ claims: SigningClient.Claims = .init(), by client: SigningClient? = nil,
        token: String = Self.token
    ) throws -> (input: String, signature: String) {
        try (client ?? self.client).sign(
            Self.target.method, Self.target.path, token: token,
            at: clock.date.timeIntervalSince1970, claims)
    }

    @Test func aSignatureCountsOnce() throws {
        let signed = wire(try sign())
        #expect(refusal(signed) == nil)
        #expect(refusal(signed) == .repeated)
        #expect(refusal(wire(try sign())) == nil)
        // Any order, an end that lies ahead.
        var claims = SigningClient.Claims()
        claims.components = #"("authorization" "@path" "@method")"#
        claims.more = ";expires=\(Int(TestIssuer.now) + 5)"
        #expect(refusal(wire(try sign(claims))) == nil)
    }

    /// Two appliances that believe one issuer do not take each other's, nor a generation its predecessor's.
    @Test func aSignatureForAnotherLogIsRefused() throws {
        let signed = wire(try sign())
        for other in ["other.example/g1", "log.example/g2", "log.example", ""] {
            #expect(refusal(signed, at: other) == .origin, "\(other)")
        }
        // It has not used up its nonce there.
        #expect(refusal(signed) == nil)
        var claims = SigningClient.Claims()
        claims.tag = nil
        #expect(refusal(wire(try sign(claims))) == .origin)
        claims.tag = "chancery"
        #expect(refusal(wire(try sign(claims))) == .origin)
        // The tag is signed: it cannot be written over.
        var forged = wire(try sign())
        forged.input = forged.input.replacingOccurrences(of: "log.example", with: "evil.example")
        #expect(refusal(forged, at: "evil.example/g1") == .forged)
    }

    @Test func keysOfP384Count() throws {
        let other = try SigningClient(p384: true)
        let signed = wire(try sign(by: other), other.certificate)
        #expect(refusal(signed, of: principal(other)) == nil)
    }

    @Test func whatWasNotSignedIsRefused() throws {
        #expect(refusal(WireSignedRequest()) == .missing)
        let signed = wire(try sign())
        let targets = [
            SignedTarget(method: "DELETE", path: "/api/v1/contacts/y"),
            SignedTarget(method: "POST", path: Self.target.path),
            .rotation(of: "checkpoint"),
        ]
        for target in targets { #expect(refusal(signed, target: target) == .forged) }
        // With another token of the same principal.
        #expect(refusal(signed, token: "a.b.d") == .forged)
        // What did not verify has not used up the nonce.
        #expect(refusal(signed) == nil)
    }

    @Test func onlyTheKeyOfTheTokensCertificateSigns() throws {
        let other = try SigningClient()
        let signed = try sign(by: other)
        #expect(refusal(wire(signed, other.certificate)) == .certificate)
        // Under the right certificate's name.
        var claims = SigningClient.Claims()
        claims.keyID = TestIssuer.base64URL(client.thumbprint)
        #expect(refusal(wire(try sign(claims, by: other))) == .forged)
        #expect(refusal(wire(try sign(), Data())) == .certificate)
        #expect(refusal(wire(try sign(), Data(count: 9_000))) == .certificate)
        // A token that is bound to no certificate says nothing of a key.
        #expect(refusal(wire(try sign()), of: principal(nil)) == .unbound)
        claims.keyID = "AAAA"
        #expect(refusal(wire(try sign(claims))) == .certificate)
    }

    @Test func theAlgorithmIsTheKeys() throws {
        for name in ["ecdsa-p384-sha384", "hmac-sha256", "rsa-v1_5-sha256", "ed25519", ""] {
            var claims = SigningClient.Claims()
            claims.algorithm = name
            #expect(refusal(wire(try sign(claims))) == .algorithm, "\(name)")
        }
    }

    @Test(arguments: [
        "()", #"("@method" "@path")"#, #"("@path" "authorization")"#,
        #"("@method" "authorization")"#, #"("@method" "@path" "authorization" "host")"#,
        #"("@method" "@path" "authorization" "authorization")"#,
        #"("@method" "@target-uri" "authorization")"#,
    ])
    func whatItCoversIsFixed(components: String) throws {
        var claims = SigningClient.Claims()
        claims.components = components
        #expect(refusal(wire(try sign(claims))) == .coverage)
    }

    @Test func itIsOfThisMinute() throws {
        for (offset, expected) in [
            (-61, .time), (-60, nil), (1, nil), (2, .time), (61, .time), (-100_000, .time),
        ] as [(Int, SignatureRefusal?)] {
            var claims = SigningClient.Claims()
            claims.created = String(Int(TestIssuer.now) + offset)
            #expect(refusal(wire(try sign(claims))) == expected, "\(offset)")
        }
        var claims = SigningClient.Claims()
        claims.more = ";expires=\(Int(TestIssuer.now) - 1)"
        #expect(refusal(wire(try sign(claims))) == .time)
        // Made before this process began, or just when: a clock may be a second ahead: it may have been used with the one before.
        let clock = clock
        let fresh = RequestSignatures { clock.date }
        claims = .init()
        claims.created = String(Int(TestIssuer.now))
        let early = wire(try sign(claims))
        let fault = #expect(throws: WireFault.self) {
            try fresh.check(
                early, for: Self.target, at: SigningClient.origin,
                credential: Data(Self.token.utf8),
                of: principal(client))
        }
        #expect(fault?.code == .unavailable)
        #expect(fault?.message == SignatureRefusal.early.rawValue)
    }

    @Test func aUsedNonceIsRememberedForAsLongAsItCouldCount() throws {
        let signed = wire(try sign())
        #expect(refusal(signed) == nil)
        clock.set(TestIssuer.now + 60)
        #expect(refusal(signed) == .repeated)
        clock.set(TestIssuer.now + 200)
        #expect(refusal(signed) == .time)
    }

    @Test func theMemoryIsBoundedAndClosesWhenItIsFull() throws {
        var refused = 0
        for _ in 0..<SignatureLimits.remembered + 3 where refusal(wire(try sign())) != nil {
            refused += 1
        }
        #expect(refused == 3)
        #expect(refusal(wire(try sign())) == .busy)
        // Room again, when they could not count any more.
        clock.set(TestIssuer.now + 121)
        #expect(refusal(wire(try sign())) == nil)
    }

    @Test func nonsenseIsRefused() throws {
        let good = try sign()
        let parameters = good.input.dropFirst(4)
        let inputs = [
            "x", "sig", "sig=1", "sig=(\"@method\")", "sig=()", "=\(parameters)",
            "\(good.input), two=\(parameters)", "\(good.input);extra=1",
            good.input.replacingOccurrences(of: "created=", with: "created=\""),
            good.input.replacingOccurrences(of: "nonce=\"", with: "nonce=x;y=\""),
            good.input.replacingOccurrences(of: "\"@path\"", with: "\"@path\";req"),
            good.input.replacingOccurrences(of: "\"@path\"", with: "@path"),
            good.input + ";tag=1", good.input + ";expires=\"1\"",
            good.input + String(repeating: " ", count: 3_000), "é" + good.input,
        ]
        for input in inputs {
            #expect(refusal(wire((input, good.signature))) == .malformed, "\(input)")
        }
        for signature in [
            "x", "sig=1", "sig=\"AAAA\"", "other\(good.signature.dropFirst(3))",
            "\(good.signature), two=:AAAA:", "sig=:AAA:", "sig=::",
        ] {
            let found = refusal(wire((good.input, signature)))
            #expect(found == .malformed || found == .forged, "\(signature)")
        }
        for nonce in ["short", String(repeating: "n", count: 65), ""] {
            var claims = SigningClient.Claims()
            claims.nonce = nonce
            #expect(refusal(wire(try sign(claims))) == .nonce)
        }
        var random = SeededGenerator(seed: 9_421)
        for _ in 0..<2_000 {
            var bytes = Array(good.input.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...127, using: &random)
            }
            let mutated = String(decoding: bytes, as: UTF8.self)
            if mutated == good.input { continue }
            #expect(refusal(wire((mutated, good.signature))) != nil)
        }
        #expect(refusal(wire(good)) == nil)
    }

    /// Who sets policies signs for the text itself, and for what it replaces; the token is not in it, so that an auditor can check it.
    @Test func policiesAreSignedWithTheirText() throws {
        let text = Data("permit (principal, action, resource);".utf8)
        let digest = "sha-256=:" + Data(SHA256.hash(data: text)).base64EncodedString() + ":"
        func signed(_ components: String, _ fields: [String: String]) throws -> WireSignedRequest {
            var claims = SigningClient.Claims()
            claims.components = components
            claims.fields = fields
            return wire(
                try client.sign(
                    "PUT", "/api/v1/policies", token: Self.token,
                    at: clock.date.timeIntervalSince1970, claims))
        }
        let digestName = #""content-digest""#
        let bare = #"("@method" "@path" "content-digest")"#
        let whole = #"("@method" "@path" "content-digest" "if-match")"#
        let fields = [digestName: digest, #""if-match""#: "\"7\""]
        func target(_ text: Data, _ expected: UInt64?) -> SignedTarget {
            .policies(text, expected: expected)
        }
        #expect(try refusal(signed(bare, fields), target: target(text, nil)) == nil)
        #expect(try refusal(signed(whole, fields), target: target(text, 7)) == nil)
        #expect(try refusal(signed(whole, fields), target: target(text, 8)) == .forged)
        // What it replaces is neither left out nor put in by others.
        #expect(try refusal(signed(whole, fields), target: target(text, nil)) == .coverage)
        #expect(try refusal(signed(bare, fields), target: target(text, 7)) == .coverage)
        let other = target(text + Data(" ".utf8), nil)
        #expect(try refusal(signed(bare, fields), target: other) == .forged)
        let token = #"("@method" "@path" "authorization")"#
        #expect(try refusal(signed(token, fields), target: target(text, nil)) == .coverage)
        // Nor does a signature over policies erase anybody.
        #expect(try refusal(signed(bare, fields)) == .coverage)
    }
}
