public import ContactModel
import Crypto
public import FoundationEssentials
import JWTKit

/// Turns a bearer token (RFC 9068, signed with ES384) into the principal it speaks for, or says why not.
///
/// Gateway, ledger and keeper each have one, so that none has to believe another. Verified tokens are remembered by their
/// SHA-256 until they expire (a signature check costs 0.4 ms). Keys come from a JWKS file, which is read again when it has
/// changed; then nothing verified before counts any more.
public final class TokenVerifier: Sendable {
    private let issuer: String
    private let audience: String
    private let leeway: Double
    private let now: @Sendable () -> Date
    private let cache = TokenCache(capacityPerHalf: TokenLimits.cachedTokensPerHalf)
    private let keys: KeyRing

    /// - Parameters:
    ///   - jwksFile: the issuer's public keys.
    ///   - leeway: by which clocks may differ; at most 120 s count.
    ///   - recheck: how often at most the file is looked at, when tokens arrive.
    ///   - now: the wall clock.
    /// - Throws: ``KeySetError`` when the file cannot be used.
    public init(
        jwksFile: String, issuer: String, audience: String = "chancery",
        leeway: Duration = .seconds(30), recheck: Duration = .seconds(1),
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws(KeySetError) {
        self.issuer = issuer
        self.audience = audience
        let seconds = Double(leeway.components.seconds)
        self.leeway = min(max(seconds, 0), TokenLimits.maxLeewaySeconds)
        self.now = now
        keys = try KeyRing(KeySetFile(path: jwksFile), recheck: recheck)
    }

    /// The principal of a token verified before and not expired since; nil, too, when the keys have changed and it
    /// has to be verified anew. Never suspends; costs one hash.
    func cached(_ token: Data) -> SecurityPrincipal? {
        guard !token.isEmpty, token.count <= TokenLimits.tokenBytes, !keys.watch.sawChange() else {
            return nil
        }
        return cached(SHA256.hash(data: token))
    }

    /// - Parameter token: the compact serialization, without `Bearer`.
    /// - Throws: ``AuthenticationError``
    public func verify(_ token: Data) async throws(AuthenticationError) -> SecurityPrincipal {
        if let principal = cached(token) { return principal }
        guard !token.isEmpty else {
            throw AuthenticationError(.missing, "no credential; send a bearer token")
        }
        guard token.count <= TokenLimits.tokenBytes else {
            throw AuthenticationError(
                .oversized, "the token has more than \(TokenLimits.tokenBytes) bytes")
        }
        let digest = SHA256.hash(data: token)
        // First of all: a key that is gone takes along what it vouched for.
        if await keys.refresh() { cache.removeAll() }
        if let principal = cached(digest) { return principal }
        let header = try Self.header(of: token)
        let epoch = cache.epoch
        let claims = try await keys.verify(token, header)
        let principal = try claims.accepted(
            issuer: issuer, audience: audience, leeway: leeway, now: now().timeIntervalSince1970)
        cache.insert(principal, for: digest, epoch: epoch)
        return principal
    }

    public func verify(_ token: String) async throws(AuthenticationError) -> SecurityPrincipal {
        try await verify(Data(token.utf8))
    }

    private func cached(_ digest: SHA256.Digest) -> SecurityPrincipal? {
        guard let principal = cache.find(digest) else { return nil }
        if now() < principal.expiresAt { return principal }
        cache.remove(digest)
        return nil
    }

    /// Three parts of base64url without padding (RFC 7515, section 7.1), the first a header that is acceptable.
    private static func header(of token: Data) throws(AuthenticationError) -> TokenHeader {
        let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ $0.allSatisfy(isBase64URL) }),
            let first = parts.first, let json = decode(first)
        else {
            throw AuthenticationError(
                .malformed, "the token is not three parts of base64url joined by dots")
        }
        return try TokenHeader(json)
    }

    static func isBase64URL(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    static func decode(_ part: Data) -> Data? {
        var text = part.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
        return Data(base64Encoded: Data(text))
    }
}
