import AccessControl
import Crypto
import Foundation
import Glibc
import JWTKit
import Testing

/// An issuer of tokens, good ones and others. Signs by hand, so that it can also write what no library would.
struct TestIssuer {
    let key: P384.Signing.PrivateKey
    let keyID: String

    init(keyID: String = "k1") {
        key = P384.Signing.PrivateKey()
        self.keyID = keyID
    }

    static let now = 1_800_000_000.0

    var jwk: [String: Any] {
        let point = key.publicKey.rawRepresentation
        return [
            "kty": "EC", "crv": "P-384", "use": "sig", "alg": "ES384", "kid": keyID,
            "x": Self.base64URL(point.prefix(48)), "y": Self.base64URL(point.suffix(48)),
        ]
    }

    var header: [String: Any] { ["alg": "ES384", "typ": "at+jwt", "kid": keyID] }

    static var claims: [String: Any] {
        [
            "iss": "test", "aud": "chancery", "sub": "platform-1", "client_id": "platform-1",
            "roles": ["enrichment-platform"], "clearance": "s1/i1", "jti": "t-1",
            "iat": now - 10, "nbf": now - 10, "exp": now + 300,
        ]
    }

    func token(
        header: [String: Any?] = [:], claims: [String: Any?] = [:]
    ) throws -> String {
        let input = try Self.signingInput(
            self.header.changed(by: header), Self.claims.changed(by: claims))
        let signature = try key.signature(for: Data(input.utf8)).rawRepresentation
        return input + "." + Self.base64URL(signature)
    }

    static func signingInput(_ header: [String: Any], _ claims: [String: Any]) throws -> String {
        try [header, claims].map {
            base64URL(try JSONSerialization.data(withJSONObject: $0, options: .sortedKeys))
        }.joined(separator: ".")
    }

    static func base64URL(_ data: some DataProtocol) -> String {
        Data(data).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }
}

extension [String: Any] {
    /// nil removes.
    func changed(by changes: [String: Any?]) -> [String: Any] {
        var result = self
        for (name, value) in changes { result[name] = value }
        return result
    }
}

/// A key set file of its own. Goes with the object; a verifier that outlives it keeps the keys it has read.
final class TestKeySet: Sendable {
    let path: String

    init(_ keys: [[String: Any]]) throws {
        path = "/tmp/chj-\(UUID().uuidString).json"
        try write(keys)
    }

    deinit {
        unlink(path)
        unlink(deniedPath)
    }

    var deniedPath: String { path + ".denied" }

    func write(_ keys: [[String: Any]]) throws {
        try JSONSerialization.data(withJSONObject: ["keys": keys])
            .write(to: URL(filePath: path), options: .atomic)
    }

    func verifier(
        leeway: Duration = .seconds(30), recheck: Duration = .zero,
        now: @escaping @Sendable () -> Date = { Date(timeIntervalSince1970: TestIssuer.now) }
    ) throws -> TokenVerifier {
        try TokenVerifier(
            jwksFile: path, deniedFile: deniedPath, issuer: "test", leeway: leeway,
            recheck: recheck, now: now)
    }
}
