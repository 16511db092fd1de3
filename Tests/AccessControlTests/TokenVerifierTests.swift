import ContactModel
import Crypto
import Foundation
import JWTKit
import ProcessBoundary
import Synchronization
import Testing

@testable import AccessControl

@Suite struct TokenVerifierTests {
    let issuer = TestIssuer()
    let keySet: TestKeySet

    init() throws { keySet = try TestKeySet([issuer.jwk]) }

    /// The code with which `token` is refused, or nil. The message never repeats any part of the token.
    func refusal(_ token: String, _ verifier: TokenVerifier) async -> AuthenticationError.Code? {
        do {
            _ = try await verifier.verify(token)
            return nil
        } catch {
            for part in token.split(separator: ".") where part.count > 12 {
                #expect(!error.description.contains(part))
            }
            #expect(verifier.cached(Data(token.utf8)) == nil)
            return error.code
        }
    }

    @Test func goodTokenSpeaksForItsPrincipal() async throws {
        let verifier = try keySet.verifier()
        let token = try issuer.token()
        #expect(verifier.cached(Data(token.utf8)) == nil)
        let principal = try await verifier.verify(token)
        #expect(
            principal
                == SecurityPrincipal(
                    subject: "platform-1", roles: [.enrichmentPlatform], clearance: .default,
                    tokenID: "t-1", expiresAt: Date(timeIntervalSince1970: TestIssuer.now + 300)))
        #expect(verifier.cached(Data(token.utf8)) == principal)
        #expect(try await verifier.verify(token) == principal)
    }

    @Test func tokenMadeByJWTKitIsAccepted() async throws {
        let keys = JWTKeyCollection()
        let key = try ES384PrivateKey(pem: issuer.key.pemRepresentation)
        await keys.add(ecdsa: key, kid: "k1")
        let claims = TokenClaims(
            iss: "test", aud: TokenAudience(["chancery"]), sub: "auditor",
            roles: ["verifier"], clearance: "s1/i1", iat: TestIssuer.now, nbf: TestIssuer.now,
            exp: TestIssuer.now + 60, jti: "j", cnf: nil)
        let token = try await keys.sign(claims, kid: "k1", header: ["typ": "at+jwt"])
        #expect(try await keySet.verifier().verify(token).roles == [.verifier])
    }

    @Test func harmlessVariantsAreAccepted() async throws {
        let verifier = try keySet.verifier()
        let variants: [(header: [String: Any?], claims: [String: Any?])] = [
            ([:], ["aud": ["other", "chancery"]]), (["typ": "application/at+jwt"], [:]),
            (["typ": "AT+JWT"], [:]), ([:], ["nbf": nil]), ([:], ["clearance": nil]),
            ([:], ["exp": TestIssuer.now + 0.5]), ([:], ["extra": ["deep": [1, 2]]]),
            ([:], ["sub": String(repeating: "a", count: 64)]), ([:], ["sub": "A.b_c:d-9"]),
        ]
        for variant in variants {
            let token = try issuer.token(header: variant.header, claims: variant.claims)
            #expect(await refusal(token, verifier) == nil, "\(variant)")
        }
    }

    @Test func aTokenWithoutClearanceHasTheDefaultOne() async throws {
        let verifier = try keySet.verifier()
        let none = try await verifier.verify(issuer.token(claims: ["clearance": nil]))
        #expect(none.clearance == .default)
        let high = try await verifier.verify(issuer.token(claims: ["clearance": "s3:c7/i0"]))
        #expect(high.clearance == Clearance(try SecurityLabel("s3:c7/i0")))
        let range = try await verifier.verify(
            issuer.token(claims: ["clearance": "s0/i2-s3:c7/i0"]))
        #expect(range.clearance.low.text == "s0/i2" && range.clearance.high.text == "s3:c7/i0")
    }

    @Test func unknownRolesGiveNothing() async throws {
        let verifier = try keySet.verifier()
        let mixed = try issuer.token(claims: ["roles": ["root", "dpo", "DPO", "Verifier"]])
        #expect(try await verifier.verify(mixed).roles == [.dpo])
        let none = try issuer.token(claims: ["roles": ["root"]])
        #expect(try await verifier.verify(none).roles == [])
        let absent = try issuer.token(claims: ["roles": nil])
        #expect(try await verifier.verify(absent).roles == [])
    }

    @Test func aBoundTokenNamesTheCertificate() async throws {
        let verifier = try keySet.verifier()
        let thumbprint = Data((0..<32).map { UInt8($0 * 8) + 7 })
        let text = TestIssuer.base64URL(thumbprint)
        let bound = try issuer.token(claims: ["cnf": ["x5t#S256": text]])
        #expect(try await verifier.verify(bound).certificateThumbprint == thumbprint)
        let free = try await verifier.verify(issuer.token())
        #expect(free.certificateThumbprint == nil)
    }

    /// What cannot be checked must not be taken for a token that is bound to nothing.
    @Test func aBindingThatIsNoThumbprintIsRefused() async throws {
        let verifier = try keySet.verifier()
        let good = TestIssuer.base64URL(Data(repeating: 0xFB, count: 32))
        let bindings: [Any] = [
            [String: Any](), ["jkt": good], ["x5t#S256": ""], ["x5t#S256": String(good.dropLast())],
            ["x5t#S256": good + "A"], ["x5t#S256": good + "="], ["x5t#S256": 7],
            ["x5t#S256": Data(repeating: 0xFB, count: 32).base64EncodedString()], "x5t", [good],
        ]
        for binding in bindings {
            let token = try issuer.token(claims: ["cnf": binding])
            #expect(await refusal(token, verifier) == .claims, "\(binding)")
        }
    }

    // MARK: signature and header

    @Test func algNoneIsRefused() async throws {
        let verifier = try keySet.verifier()
        for name in ["none", "None", "NONE", ""] {
            let input = try TestIssuer.signingInput(
                issuer.header.changed(by: ["alg": name]), TestIssuer.claims)
            #expect(await refusal(input + ".", verifier) == .algorithm)
            #expect(await refusal(try issuer.token(header: ["alg": name]), verifier) == .algorithm)
        }
        #expect(await refusal(try issuer.token(header: ["alg": nil]), verifier) == .algorithm)
        #expect(await refusal(try issuer.token(header: ["alg": 7]), verifier) == .algorithm)
    }

    @Test func publicKeyAsHMACSecretIsRefused() async throws {
        let verifier = try keySet.verifier()
        let input = try TestIssuer.signingInput(
            issuer.header.changed(by: ["alg": "HS256"]), TestIssuer.claims)
        let secrets = [
            Data(issuer.key.publicKey.pemRepresentation.utf8),
            issuer.key.publicKey.derRepresentation, issuer.key.publicKey.x963Representation,
        ]
        for secret in secrets {
            let code = HMAC<SHA256>.authenticationCode(
                for: Data(input.utf8), using: SymmetricKey(data: secret))
            let token = input + "." + TestIssuer.base64URL(Data(code))
            #expect(await refusal(token, verifier) == .algorithm)
        }
    }

    @Test(arguments: ["ES256", "ES512", "RS256", "PS256", "EdDSA", "HS384", "es384", "ES384 "])
    func otherAlgorithmsAreRefused(name: String) async throws {
        let token = try issuer.token(header: ["alg": name])
        #expect(await refusal(token, try keySet.verifier()) == .algorithm)
    }

    @Test(arguments: ["jku", "jwk", "x5u", "x5c", "x5t", "crit", "b64", "zip", "cty", "enc"])
    func headerThatBringsAnythingAlongIsRefused(name: String) async throws {
        let values: [Any] = ["https://evil.example/jwks.json", issuer.jwk, ["exp"], false]
        for value in values {
            let token = try issuer.token(header: [name: value])
            #expect(await refusal(token, try keySet.verifier()) == .header)
        }
    }

    @Test func unknownKeyIsRefusedNotReplacedByAnother() async throws {
        let verifier = try keySet.verifier()
        // Signed by the right key, under another name: JWTKit would fall back to its default key.
        let token = try issuer.token(header: ["kid": "k2"])
        #expect(await refusal(token, verifier) == .unknownKey)
        #expect(await refusal(try issuer.token(header: ["kid": nil]), verifier) == .unknownKey)
        #expect(await refusal(try issuer.token(header: ["kid": ""]), verifier) == .unknownKey)
        let long = String(repeating: "k", count: 129)
        #expect(await refusal(try issuer.token(header: ["kid": long]), verifier) == .unknownKey)
    }

    @Test func anotherIssuersSignatureIsRefused() async throws {
        let token = try TestIssuer().token()
        #expect(await refusal(token, try keySet.verifier()) == .signature)
    }

    @Test func tamperedPartsAreRefused() async throws {
        let verifier = try keySet.verifier()
        let token = try issuer.token()
        let parts = token.split(separator: ".").map(String.init)
        let raised = TestIssuer.base64URL(
            try JSONSerialization.data(
                withJSONObject: TestIssuer.claims.changed(by: ["roles": ["operator"]])))
        #expect(
            await refusal([parts[0], raised, parts[2]].joined(separator: "."), verifier)
                == .signature)
        let cut = String(parts[2].dropLast(4))
        #expect(
            await refusal([parts[0], parts[1], cut].joined(separator: "."), verifier) == .signature)
        #expect(
            await refusal([parts[0], parts[1], ""].joined(separator: "."), verifier) == .signature)
        // r = s = 0, which broken verifiers accept for any message.
        let zero = TestIssuer.base64URL(Data(count: 96))
        #expect(
            await refusal([parts[0], parts[1], zero].joined(separator: "."), verifier) == .signature
        )
        // Every single character of the payload counts.
        for index in parts[1].indices {
            var payload = parts[1]
            let other: Character = payload[index] == "A" ? "B" : "A"
            payload.replaceSubrange(index...index, with: String(other))
            let forged = [parts[0], payload, parts[2]].joined(separator: ".")
            #expect(await refusal(forged, verifier) == .signature)
        }
    }

    @Test func signatureInDERIsRefused() async throws {
        let token = try issuer.token()
        let input = token.split(separator: ".").prefix(2).joined(separator: ".")
        let der = try issuer.key.signature(for: Data(input.utf8)).derRepresentation
        let forged = input + "." + TestIssuer.base64URL(der)
        #expect(await refusal(forged, try keySet.verifier()) == .signature)
    }

    @Test(arguments: [
        "x", "..", "a.b", "a.b.c.d", "a.b.c", "e30.e30.e30", "ey J.e30.e30", "e30=.e30.e30",
        "W10.e30.e30", "bnVsbA.e30.e30", "\u{0}.\u{0}.\u{0}", "a\n.b.c", "é.é.é",
    ])
    func nonsenseIsRefused(token: String) async throws {
        let code = await refusal(token, try keySet.verifier())
        #expect(code == .malformed || code == .algorithm)
    }

    @Test func noTokenAndTooLongATokenAreRefused() async throws {
        let verifier = try keySet.verifier()
        #expect(await refusal("", verifier) == .missing)
        let long = try issuer.token(claims: ["pad": String(repeating: "x", count: 8_192)])
        #expect(await refusal(long, verifier) == .oversized)
    }

    // MARK: claims

    @Test func wrongTypeIsRefused() async throws {
        let verifier = try keySet.verifier()
        for type in ["JWT", "at+jwtx", "id_token", ""] {
            #expect(await refusal(try issuer.token(header: ["typ": type]), verifier) == .tokenType)
        }
        #expect(await refusal(try issuer.token(header: ["typ": nil]), verifier) == .tokenType)
    }

    @Test func wrongIssuerIsRefused() async throws {
        for name in ["evil", "", "test ", "TEST"] {
            let token = try issuer.token(claims: ["iss": name])
            #expect(await refusal(token, try keySet.verifier()) == .issuer)
        }
    }

    @Test func wrongAudienceIsRefused() async throws {
        let values: [Any] = ["other", "", [String](), ["a", "b"], "chancery2"]
        for value in values {
            let token = try issuer.token(claims: ["aud": value])
            #expect(await refusal(token, try keySet.verifier()) == .audience)
        }
    }

    @Test func timesAreChecked() async throws {
        let now = TestIssuer.now
        let cases: [([String: Any?], AuthenticationError.Code?)] = [
            (["exp": now - 29, "iat": now - 60], nil), (["exp": now - 30], .claims),
            (["exp": now - 30, "iat": now - 60], .expired),
            (["exp": now - 1e6, "iat": now - 1e6 - 60], .expired),
            (["nbf": now + 30], nil), (["nbf": now + 31], .notYetValid),
            (["iat": now + 30], nil), (["iat": now + 31], .notYetValid),
            (["iat": now + 400], .claims), (["exp": -1], .claims), (["exp": 1e300], .claims),
            (["iat": -5], .claims), (["nbf": -5], .claims), (["exp": "tomorrow"], .claims),
        ]
        for (change, expected) in cases {
            let token = try issuer.token(claims: change)
            // -30 with iat at -10 expires before it was issued.
            #expect(await refusal(token, try keySet.verifier()) == expected, "\(change)")
        }
    }

    /// There is no revocation, so no issuer may hand out a credential for ever.
    @Test func longLivedTokensAreRefused() async throws {
        let now = TestIssuer.now
        let day = 86_400.0
        for (issued, expires, code) in [
            (now, now + day, nil), (now, now + day + 1, .lifetime),
            (now, now + 10 * 365 * day, .lifetime),
            (now - 2 * day, now + 60, .lifetime),
        ] as [(Double, Double, AuthenticationError.Code?)] {
            let token = try issuer.token(claims: ["iat": issued, "exp": expires])
            #expect(await refusal(token, try keySet.verifier()) == code)
        }
    }

    @Test func leewayIsBounded() async throws {
        let token = try issuer.token(
            claims: ["exp": TestIssuer.now - 121, "iat": TestIssuer.now - 300])
        #expect(await refusal(token, try keySet.verifier(leeway: .seconds(86_400))) == .expired)
    }

    @Test(arguments: [
        "", "a b", "a/b", "ä", "a\n", String(repeating: "a", count: 65), "a;b", "a\u{0}",
        "<script>",
    ])
    func badSubjectIsRefused(subject: String) async throws {
        let token = try issuer.token(claims: ["sub": subject])
        #expect(await refusal(token, try keySet.verifier()) == .subject)
    }

    @Test(arguments: ["iss", "aud", "sub", "exp", "iat", "jti"])
    func missingClaimIsRefused(name: String) async throws {
        let token = try issuer.token(claims: [name: nil])
        #expect(await refusal(token, try keySet.verifier()) == .claims)
    }

    @Test func claimsOfTheWrongShapeAreRefused() async throws {
        let changes: [[String: Any?]] = [
            ["roles": "enrichment-platform"], ["roles": [1]], ["clearance": 3], ["jti": ""],
            ["jti": String(repeating: "j", count: 257)], ["clearance": ""], ["sub": 7],
            ["clearance": String(repeating: "c", count: 514)], ["clearance": "hello"],
            ["clearance": "s1"], ["clearance": "s4/i1"], ["clearance": "s2/i1-s0/i1"],
            ["roles": [String](repeating: "dpo", count: 65)],
        ]
        for change in changes {
            let token = try issuer.token(claims: change)
            #expect(await refusal(token, try keySet.verifier()) == .claims, "\(change)")
        }
    }

    // MARK: RSA keys

    @Test(arguments: ["RS256", "PS256"])
    func rsaCountsFrom4096BitsOnAndUnderItsOneAlgorithm(name: String) async throws {
        let strong = try RSAIssuer(bits: 4_096, algorithm: name)
        let weak = try RSAIssuer(bits: 2_048, algorithm: name, keyID: "weak")
        let verifier = try TestKeySet([issuer.jwk, try strong.jwk, try weak.jwk]).verifier()
        #expect(await refusal(try strong.token(), verifier) == nil)
        #expect(await refusal(try weak.token(), verifier) == .weakKey)
        // The header's word against the key's: the same key, the other padding.
        let other = name == "RS256" ? "PS256" : "RS256"
        #expect(await refusal(try strong.token(signing: other), verifier) == .algorithm)
        // Said to be the key's algorithm, made by the other.
        #expect(
            await refusal(try strong.token(signing: other, saying: name), verifier) == .signature)
        // An RSA signature under the id of the elliptic key, and the other way round.
        let crossed = try strong.token(keyID: issuer.keyID)
        #expect(await refusal(crossed, verifier) == .algorithm)
        let reverse = try issuer.token(header: ["kid": strong.keyID])
        #expect(await refusal(reverse, verifier) == .algorithm)
        // The public key as an HMAC secret.
        let input = try TestIssuer.signingInput(
            ["alg": "HS256", "typ": "at+jwt", "kid": strong.keyID], TestIssuer.claims)
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(input.utf8),
            using: SymmetricKey(data: Data(strong.key.publicKey.pemRepresentation.utf8)))
        let forged = input + "." + TestIssuer.base64URL(Data(code))
        #expect(await refusal(forged, verifier) == .algorithm)
    }

    @Test func rsaKeysThatCannotBeUsedAreNamed() throws {
        let strong = try RSAIssuer(bits: 4_096, algorithm: "PS256")
        let weak = try RSAIssuer(bits: 3_072, algorithm: "PS256")
        let (strongKey, weakKey) = (try strong.jwk, try weak.jwk)
        for keys in [
            [weakKey], [strongKey.changed(by: ["alg": nil])], [strongKey, strongKey],
            [strongKey.changed(by: ["n": "not base64url!"])], [strongKey.changed(by: ["e": nil])],
            [strongKey.changed(by: ["kid": ""])], [strongKey.changed(by: ["d": "AQAB"])],
            [
                strongKey.changed(by: [
                    "n": TestIssuer.base64URL(Data(repeating: 0xFF, count: 2_048))
                ])
            ],
        ] {
            let file = try TestKeySet(keys)
            #expect(throws: KeySetError.self) { try file.verifier() }
        }
    }

    // MARK: revocation

    @Test func aRevokedTokenCountsNoMoreWhereverItIsRemembered() async throws {
        let verifier = try keySet.verifier()
        let (one, other) = (
            try issuer.token(claims: ["jti": "a b"]), try issuer.token(claims: ["jti": "t-2"])
        )
        for token in [one, other] { #expect(await refusal(token, verifier) == nil) }
        try Data("1800000000 a b\n".utf8).write(to: URL(filePath: keySet.deniedPath))
        #expect(verifier.cached(Data(one.utf8)) == nil)
        #expect(await refusal(one, verifier) == .denied)
        #expect(await refusal(other, verifier) == nil)
        // A file that cannot be used does not give back what was taken.
        for text in ["a b\n", "1800000000\n", "x t-2\n"] {
            try Data(text.utf8).write(to: URL(filePath: keySet.deniedPath))
            #expect(await refusal(one, verifier) == .denied, "\(text)")
            #expect(throws: KeySetError.self) { try keySet.verifier() }
        }
        try FileManager.default.removeItem(atPath: keySet.deniedPath)
        #expect(await refusal(one, verifier) == nil)
    }

    // MARK: cache and keys

    @Test func cachedTokenDiesWhenItExpires() async throws {
        let box = ClockBox()
        let verifier = try keySet.verifier(now: { box.date })
        let token = try issuer.token()
        _ = try await verifier.verify(token)
        box.set(TestIssuer.now + 299)
        #expect(verifier.cached(Data(token.utf8)) != nil)
        box.set(TestIssuer.now + 300)
        #expect(verifier.cached(Data(token.utf8)) == nil)
        box.set(TestIssuer.now + 331)
        #expect(await refusal(token, verifier) == .expired)
    }

    @Test func cacheIsBoundedAndKeepsWhatIsUsed() {
        let cache = TokenCache(capacityPerHalf: 10)
        let principal = SecurityPrincipal(
            subject: "x", roles: [], clearance: .default, tokenID: "j", expiresAt: .distantFuture)
        let used = SHA256.hash(data: Data("used".utf8))
        cache.insert(principal, for: used, epoch: 0)
        for number in 0..<1_000 {
            cache.insert(principal, for: SHA256.hash(data: Data("\(number)".utf8)), epoch: 0)
            #expect(cache.find(used) != nil)
            #expect(cache.count <= 20)
        }
        cache.removeAll()
        #expect(cache.count == 0)
        // Verified under keys that have gone since: not stored.
        cache.insert(principal, for: used, epoch: 0)
        #expect(cache.find(used) == nil)
        cache.insert(principal, for: used, epoch: cache.epoch)
        #expect(cache.find(used) != nil)
    }

    @Test func replacedKeySetCountsWithoutRestart() async throws {
        let verifier = try keySet.verifier()
        let next = TestIssuer(keyID: "k2")
        let old = try issuer.token()
        let new = try next.token()
        _ = try await verifier.verify(old)
        #expect(await refusal(new, verifier) == .unknownKey)
        try keySet.write([next.jwk])
        _ = try await verifier.verify(new)
        // The old key is gone, and with it what it vouched for.
        #expect(await refusal(old, verifier) == .unknownKey)
    }

    /// Only tokens remembered already arrive, as from one busy client: they too notice that their key is gone.
    @Test func rememberedTokensDieWithTheirKey() async throws {
        let verifier = try keySet.verifier()
        let token = try issuer.token()
        let gate = AccessGate(verifier)
        let request = WireLedgerRequest.with { $0.prepare.credential = Data(token.utf8) }
        _ = try await gate.admit(request)
        #expect(verifier.cached(Data(token.utf8)) != nil)
        try keySet.write([TestIssuer(keyID: "k2").jwk])
        let fault = await #expect(throws: WireFault.self) { _ = try await gate.admit(request) }
        #expect(fault?.code == .unauthenticated)
        #expect(verifier.cached(Data(token.utf8)) == nil)
    }

    /// To be listened to is not to be believed: a revocation, or a new key, must not shut out who was known.
    @Test func knownTokensStayKnownUntilTheyAreRefused() async throws {
        let box = ClockBox()
        let verifier = try keySet.verifier(now: { box.date })
        let tokens = try (1...3).map { try issuer.token(claims: ["jti": "t-\($0)"]) }
        func known() -> [Bool] { tokens.map { verifier.remembers(Data($0.utf8)) } }
        #expect(known() == [false, false, false])
        for token in tokens { _ = try await verifier.verify(token) }
        try keySet.write([issuer.jwk, TestIssuer(keyID: "k2").jwk])
        // Nobody has read them yet: so it is for a moment after each change.
        #expect(verifier.cached(Data(tokens[0].utf8)) == nil)
        #expect(known() == [true, true, true])
        try Data("1800000000 t-1\n".utf8).write(to: URL(filePath: keySet.deniedPath))
        #expect(await refusal(tokens[0], verifier) == .denied)
        #expect(known() == [false, true, true])
        try keySet.write([TestIssuer(keyID: "k2").jwk])
        #expect(await refusal(tokens[1], verifier) == .unknownKey)
        #expect(known() == [false, false, true])
        #expect(!verifier.remembers(Data(try issuer.token(claims: ["jti": "t-4"]).utf8)))
        box.set(TestIssuer.now + 300)
        #expect(known() == [false, false, false])
    }

    /// A file rewritten with the same keys makes tokens verify anew, and no more than that.
    @Test func rememberedTokensOutliveARewriteOfTheSameKeys() async throws {
        let verifier = try keySet.verifier()
        let token = try issuer.token()
        _ = try await verifier.verify(token)
        try keySet.write([issuer.jwk])
        #expect(verifier.cached(Data(token.utf8)) == nil)
        _ = try await verifier.verify(token)
        #expect(verifier.cached(Data(token.utf8)) != nil)
    }

    @Test func unusableReplacementLeavesTheKeysInForce() async throws {
        let verifier = try keySet.verifier()
        #expect(await verifier.problem() == nil)
        try Data("{".utf8).write(to: URL(filePath: keySet.path))
        // Told before any token comes.
        #expect(await verifier.problem()?.contains(keySet.path) == true)
        _ = try await verifier.verify(try issuer.token())
        try keySet.write([issuer.jwk])
        #expect(await verifier.problem() == nil)
        try Data("no line of ours".utf8).write(to: URL(filePath: keySet.deniedPath))
        #expect(await verifier.problem()?.contains(keySet.deniedPath) == true)
        _ = try await verifier.verify(try issuer.token())
        // Gone again, as it was when it was read.
        try FileManager.default.removeItem(atPath: keySet.deniedPath)
        #expect(await verifier.problem() == nil)
        try FileManager.default.removeItem(atPath: keySet.path)
        _ = try await verifier.verify(try issuer.token(claims: ["jti": "t-2"]))
    }

    /// Those in force, back in their place, are the same file as before.
    @Test func aProblemGoesWhenTheFileFromBeforeIsBack() async throws {
        let verifier = try keySet.verifier()
        let files = FileManager.default
        let aside = keySet.path + ".aside"
        try files.moveItem(atPath: keySet.path, toPath: aside)
        try Data("{".utf8).write(to: URL(filePath: keySet.path))
        try Data("no line of ours".utf8).write(to: URL(filePath: keySet.deniedPath))
        let problem = await verifier.problem()
        #expect(problem?.contains(keySet.path) == true)
        #expect(problem?.contains(keySet.deniedPath) == true)
        try files.removeItem(atPath: keySet.path)
        try files.moveItem(atPath: aside, toPath: keySet.path)
        try files.removeItem(atPath: keySet.deniedPath)
        #expect(await verifier.problem() == nil)
        _ = try await verifier.verify(try issuer.token())
    }

    /// An issuer that cannot be reached withdraws nothing.
    @Test func keysThatAreNotFetchedAnyMoreAreToldOf() async throws {
        let box = ClockBox()
        let verifier = try keySet.verifier(now: { box.date })
        let path = KeySetFetch.path(of: keySet.path)
        defer { unlink(path) }
        func note(_ every: Duration?) throws {
            let keys = try Data(contentsOf: URL(filePath: keySet.path))
            try JSONEncoder().encode(KeySetFetch(of: keys, at: box.date, every: every))
                .write(to: URL(filePath: path))
        }
        try note(.seconds(60))
        box.set(TestIssuer.now + 180)
        #expect(await verifier.problem() == nil)
        box.set(TestIssuer.now + 181)
        #expect(await verifier.problem()?.contains("every 60 s") == true)
        try note(.seconds(60))
        #expect(await verifier.problem() == nil)
        // Put there by somebody since, or fetched once: nobody said that it would be fetched again.
        box.set(TestIssuer.now + 10_000)
        try keySet.write([issuer.jwk, TestIssuer(keyID: "k2").jwk])
        #expect(await verifier.problem() == nil)
        try note(nil)
        box.set(TestIssuer.now + 100_000)
        #expect(await verifier.problem() == nil)
    }

    @Test func keySetIsLookedAtNoMoreOftenThanAllowed() async throws {
        let verifier = try keySet.verifier(recheck: .seconds(3_600))
        let next = TestIssuer(keyID: "k2")
        try keySet.write([next.jwk])
        #expect(await refusal(try next.token(), verifier) == .unknownKey)
        _ = try await verifier.verify(try issuer.token())
    }

    @Test func keySetsThatCannotBeUsedAreNamed() throws {
        let withPrivate = issuer.jwk.changed(by: ["d": "AAAA"])
        let bad: [[[String: Any]]] = [
            [], [withPrivate], [issuer.jwk, issuer.jwk], [issuer.jwk.changed(by: ["kid": nil])],
            [issuer.jwk.changed(by: ["x": "AAAA"])], [issuer.jwk.changed(by: ["y": nil])],
            [issuer.jwk.changed(by: ["use": "enc"])], [["kty": "RSA", "kid": "r"]],
            (0..<65).map { issuer.jwk.changed(by: ["kid": "\($0)"]) },
        ]
        for keys in bad {
            let file = try TestKeySet(keys)
            #expect(throws: KeySetError.self) { try file.verifier() }
        }
        let missing = #expect(throws: KeySetError.self) {
            try TokenVerifier(
                jwksFile: "/tmp/missing-\(UUID())", deniedFile: "/tmp/none", issuer: "test")
        }
        #expect(missing?.message.contains("/tmp/missing-") == true)
        // Keys for others beside ours do not matter.
        _ = try TestKeySet([["kty": "RSA", "kid": "r"], issuer.jwk]).verifier()
    }
}

/// A clock that a test sets.
final class ClockBox: Sendable {
    private let seconds = Mutex(TestIssuer.now)
    var date: Date { Date(timeIntervalSince1970: seconds.withLock { $0 }) }
    func set(_ value: Double) { seconds.withLock { $0 = value } }
}
