public import ContactModel
import Crypto
public import FoundationEssentials
import JWTKit

/// Turns a bearer token (RFC 9068, signed with ES384, PS256 or RS256) into the principal it speaks for, or says why not.
///
/// Gateway, ledger and keeper each have one, so that none has to believe another. Verified tokens are remembered by their
/// SHA-256 until they expire (a signature check costs 0.4 ms). Keys come from a JWKS file, which is read again when it has
/// changed; then nothing verified before counts any more. So it is with the file of denied tokens.
public final class TokenVerifier: Sendable {
    private let issuer: String
    private let audience: String
    private let leeway: Double
    let now: @Sendable () -> Date
    private let cache = TokenCache(capacityPerHalf: TokenLimits.cachedTokensPerHalf)
    /// Those verified at any time and not refused since. It says whom to listen to, never who that is.
    private let known = TokenCache(capacityPerHalf: TokenLimits.cachedTokensPerHalf)
    private let keys: KeyRing
    private let jwksFile: String
    private let denied: DenyList

    /// - Parameters:
    ///   - jwksFile: the issuer's public keys.
    ///   - deniedFile: tokens that do not count any more; need not be there.
    ///   - leeway: by which clocks may differ; at most 120 s count.
    ///   - recheck: how often at most the file is looked at, when tokens arrive.
    ///   - now: the wall clock.
    /// - Throws: ``KeySetError`` when one of the files cannot be used.
    public init(
        jwksFile: String, deniedFile: String, issuer: String, audience: String = "chancery",
        leeway: Duration = .seconds(30), recheck: Duration = .seconds(1),
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws(KeySetError) {
        self.issuer = issuer
        self.jwksFile = jwksFile
        self.audience = audience
        let seconds = Double(leeway.components.seconds)
        self.leeway = min(max(seconds, 0), TokenLimits.maxLeewaySeconds)
        self.now = now
        keys = try KeyRing(KeySetFile(path: jwksFile), recheck: recheck)
        denied = try DenyList(path: deniedFile, recheck: recheck)
    }

    /// Whether the token was verified before, and was not refused and has not expired since. Other keys or denied tokens change
    /// nothing about it: it may have to be verified anew, and is worth it.
    public func remembers(_ token: Data) -> Bool {
        guard !token.isEmpty, token.count <= TokenLimits.tokenBytes else { return false }
        return live(SHA256.hash(data: token), in: known) != nil
    }

    /// The principal of a token verified before and not expired since; nil, too, when the keys have changed and it
    /// has to be verified anew. Never suspends; costs one hash.
    func cached(_ token: Data) -> SecurityPrincipal? {
        guard !token.isEmpty, token.count <= TokenLimits.tokenBytes, !keys.watch.sawChange(),
            !denied.watch.sawChange()
        else { return nil }
        return live(SHA256.hash(data: token), in: cache)
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
        await refresh()
        if let principal = live(digest, in: cache) { return principal }
        do throws(AuthenticationError) {
            return try await verifyAnew(token, digest)
        } catch {
            known.remove(digest)
            throw error
        }
    }

    private func verifyAnew(
        _ token: Data, _ digest: SHA256.Digest
    ) async throws(AuthenticationError) -> SecurityPrincipal {
        let header = try Self.header(of: token)
        let epoch = cache.epoch
        let claims = try await keys.verify(token, header)
        let principal = try claims.accepted(
            issuer: issuer, audience: audience, leeway: leeway, now: now().timeIntervalSince1970)
        guard !denied.contains(principal.tokenID) else {
            throw .init(.denied, "the token was revoked; obtain a new one")
        }
        cache.insert(principal, for: digest, epoch: epoch)
        known.insert(principal, for: digest, epoch: known.epoch)
        return principal
    }

    /// Why keys or denied tokens on the disk are not those in force, for the operator: it names files; nil: they are. Looks at them, too.
    public func problem() async -> String? {
        await refresh()
        let problems = [
            await keys.problem, denied.problem,
            KeySetFetch.read(beside: jwksFile)?.problem(at: now()),
        ].compactMap(\.self)
        return problems.isEmpty ? nil : problems.joined(separator: "; ")
    }

    private func refresh() async {
        let (areOtherKeys, areOthersDenied) = (await keys.refresh(), denied.refresh())
        if areOtherKeys || areOthersDenied { cache.removeAll() }
    }

    public func verify(_ token: String) async throws(AuthenticationError) -> SecurityPrincipal {
        try await verify(Data(token.utf8))
    }

    private func live(_ digest: SHA256.Digest, in cache: TokenCache) -> SecurityPrincipal? {
        guard let principal = cache.find(digest) else { return nil }
        if now() < principal.expiresAt { return principal }
        cache.remove(digest)
        return nil
    }

    /// Three parts of base64url without padding (RFC 7515, section 7.1), the first a header that is acceptable.
    private static func header(of token: Data) throws(AuthenticationError) -> TokenHeader {
        let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy(Base64URL.isText),
            let first = parts.first, let json = Base64URL.decode(first)
        else {
            throw AuthenticationError(
                .malformed, "the token is not three parts of base64url joined by dots")
        }
        return try TokenHeader(json)
    }
}
