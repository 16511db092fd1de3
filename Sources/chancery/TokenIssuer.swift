import AccessControl
import Crypto
import Foundation
import JWTKit

/// The local token issuer: one P-384 key, tokens after RFC 9068, its public half as a JWK set (RFC 7517).
struct TokenIssuer {
    static let developmentName = "chancery-development"
    static let audience = "chancery"
    /// Access tokens are short-lived; a day is for people who try things.
    static let longestLifetime = 86400

    /// `iss` of its tokens, as the daemons are told it.
    let name: String
    private let key: P384.Signing.PrivateKey

    /// Makes key and key set if they are missing; a key set that was lost is derived again.
    static func ensure(in home: Home) throws(OperatorError) {
        try ensureKey(in: home)
        let issuer = try TokenIssuer(home: home)
        if !issuer.isAlone(in: home.issuerKeySet) {
            try Files.write(issuer.keySet.utf8, to: home.issuerKeySet, mode: 0o644)
        }
    }

    static func ensureKey(in home: Home) throws(OperatorError) {
        guard !Files.exists(home.issuerKey) else { return }
        try Files.write(P384.Signing.PrivateKey().pemRepresentation.utf8, to: home.issuerKey)
    }

    /// - Throws: `inputOutput` if the key is unreadable.
    init(home: Home) throws(OperatorError) {
        name = home.localIssuer
        let text = try Files.readText(home.issuerKey)
        do {
            key = try P384.Signing.PrivateKey(pemRepresentation: text)
        } catch {
            throw OperatorError(
                .inputOutput, "\(home.issuerKey) is not a P-384 private key in PEM.",
                next:
                    "Delete it and run `chancery \(home.preparation)`; tokens issued before stop working."
            )
        }
    }

    /// Whether the file is the key set that `ensure` writes: no other key counts beside this one.
    func isAlone(in path: String) -> Bool { (try? Files.readText(path)) == keySet }

    /// Whether this key is among those of the file, however it is written there.
    func isPublished(in path: String) -> Bool {
        struct KeySet: Decodable { let keys: [Key] }
        struct Key: Decodable {
            let x: String?
            let y: String?
        }
        guard let text = try? Files.readText(path),
            let set = try? JSONDecoder().decode(KeySet.self, from: Data(text.utf8))
        else { return false }
        let raw = key.publicKey.rawRepresentation
        return set.keys.contains { key in
            Self.coordinate(key.x) == raw.prefix(48) && Self.coordinate(key.y) == raw.suffix(48)
        }
    }

    /// Base64 of either alphabet, padded or not: readers differ in what they accept.
    private static func coordinate(_ text: String?) -> Data? {
        guard var text else { return nil }
        text = text.replacingOccurrences(of: "-", with: "+")
            .replacingOccurrences(of: "_", with: "/").filter { $0 != "=" }
        return Data(base64Encoded: text + String(repeating: "=", count: -text.utf8.count & 3))
    }

    /// A signed bearer token.
    /// - Parameters:
    ///   - lifetime: seconds from now.
    ///   - thumbprint: of the client certificate that it is bound to.
    func token(
        subject: String, roles: [String], clearance: String, lifetime: Int,
        thumbprint: String? = nil
    ) async throws -> String {
        let now = Int(Date().timeIntervalSince1970)
        let claims = AccessTokenClaims(
            iss: name, aud: Self.audience, sub: subject, clientID: subject, roles: roles,
            clearance: clearance, iat: now, nbf: now, exp: now + lifetime,
            jti: UUID().uuidString.lowercased(),
            cnf: thumbprint.map { AccessTokenClaims.Confirmation(thumbprint: $0) })
        let identifier = JWKIdentifier(string: keyID)
        let keys = JWTKeyCollection()
        await keys.add(ecdsa: try ES384PrivateKey(backing: key), kid: identifier)
        return try await keys.sign(claims, kid: identifier, header: ["typ": "at+jwt"])
    }

    /// RFC 7638 thumbprint of the public key, first 16 characters.
    private var keyID: String {
        let (x, y) = coordinates
        let canonical = #"{"crv":"P-384","kty":"EC","x":"\#(x)","y":"\#(y)"}"#
        return String(Base64URL.encode(SHA256.hash(data: Data(canonical.utf8))).prefix(16))
    }

    private var keySet: String {
        let (x, y) = coordinates
        return #"{"keys":[{"kty":"EC","crv":"P-384","alg":"ES384","use":"sig","kid":"\#(keyID)","#
            + #""x":"\#(x)","y":"\#(y)"}]}"# + "\n"
    }

    /// The raw representation is x ‖ y, 48 bytes each.
    private var coordinates: (x: String, y: String) {
        let raw = key.publicKey.rawRepresentation
        return (Base64URL.encode(raw.prefix(48)), Base64URL.encode(raw.suffix(48)))
    }
}
