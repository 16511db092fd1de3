public import Crypto
public import Foundation

/// An issuer of tokens in the place of the development's: one P-384 key, tokens that count for five minutes from now.
public struct LiveIssuer: Sendable {
    public let name: String
    public let keyID: String
    public let key: P384.Signing.PrivateKey

    public init(_ keyID: String, name: String = "https://issuer.example") {
        self.name = name
        self.keyID = keyID
        key = P384.Signing.PrivateKey()
    }

    public var jwk: [String: String] {
        let point = key.publicKey.rawRepresentation
        return [
            "kty": "EC", "crv": "P-384", "use": "sig", "alg": "ES384", "kid": keyID,
            "x": Self.base64URL(point.prefix(48)), "y": Self.base64URL(point.suffix(48)),
        ]
    }

    /// A JWK set of these.
    public static func keySet(_ issuers: LiveIssuer...) throws -> Data {
        try JSONSerialization.data(
            withJSONObject: ["keys": issuers.map(\.jwk)], options: .sortedKeys)
    }

    public func token(_ role: String, subject: String = "live-1") throws -> String {
        let now = Int(Date().timeIntervalSince1970)
        let header: [String: Any] = ["alg": "ES384", "typ": "at+jwt", "kid": keyID]
        let claims: [String: Any] = [
            "iss": name, "aud": "chancery", "sub": subject, "client_id": subject, "roles": [role],
            "clearance": "s1/i1", "jti": UUID().uuidString, "iat": now, "nbf": now,
            "exp": now + 300,
        ]
        let input = try [header, claims].map {
            Self.base64URL(try JSONSerialization.data(withJSONObject: $0, options: .sortedKeys))
        }.joined(separator: ".")
        let signature = try key.signature(for: Data(input.utf8)).rawRepresentation
        return input + "." + Self.base64URL(signature)
    }

    private static func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }
}
