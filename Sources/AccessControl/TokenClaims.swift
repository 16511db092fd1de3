import ContactModel
import FoundationEssentials
import JWTKit

/// The claims as they stand in a token whose signature verifies; not yet checked.
struct TokenClaims: JWTPayload {
    let iss: String
    let aud: TokenAudience
    let sub: String
    let roles: [String]?
    let clearance: String?
    /// Seconds since 1970, possibly with a fraction (RFC 7519, NumericDate).
    let iat: Double
    let nbf: Double?
    let exp: Double
    let jti: String
    let cnf: TokenConfirmation?

    /// Nothing here: ``accepted(issuer:audience:leeway:now:)`` checks against a clock that tests can set.
    func verify(using algorithm: some JWTAlgorithm) {}

    /// - Parameters:
    ///   - leeway: seconds by which clocks may differ.
    ///   - now: seconds since 1970.
    func accepted(
        issuer: String, audience: String, leeway: Double, now: Double
    ) throws(AuthenticationError) -> SecurityPrincipal {
        guard iss == issuer else {
            throw .init(.issuer, "the token comes from another issuer than the one configured")
        }
        guard aud.values.contains(audience) else {
            throw .init(.audience, "the token is not meant for \(audience)")
        }
        try checkTimes(leeway: leeway, now: now)
        guard Self.isSubject(sub) else {
            throw .init(.subject, "the token's sub is not 1 to 64 of A-Z a-z 0-9 . _ : -")
        }
        // Else an issuer could write in the name of what follows from an entry.
        guard !TicketActor.isOne(sub) else {
            throw .init(
                .subject, "the token's sub begins as those of tickets do; name it otherwise")
        }
        guard Self.isText(jti, max: TokenLimits.tokenIDBytes),
            (roles ?? []).count <= TokenLimits.roles
        else {
            throw .init(.claims, "the token's jti or roles are empty or too long")
        }
        let range: Clearance
        do throws(ValidationError) {
            range = if let clearance { try Clearance(clearance) } else { .default }
        } catch {
            throw .init(.claims, "the token's clearance is none. \(error.message)")
        }
        // Names of roles that this version does not know give nothing.
        return SecurityPrincipal(
            subject: sub, roles: Set((roles ?? []).compactMap { Role(rawValue: $0) }),
            clearance: range, tokenID: jti, expiresAt: Date(timeIntervalSince1970: exp),
            certificateThumbprint: try cnf?.thumbprint())
    }

    private func checkTimes(leeway: Double, now: Double) throws(AuthenticationError) {
        // Up to 2^53, so that no arithmetic on them surprises.
        let range = 0.0...9_007_199_254_740_992.0
        guard range.contains(iat), range.contains(exp), range.contains(nbf ?? 0), iat <= exp else {
            throw .init(.claims, "the token's times are out of range")
        }
        guard exp - iat <= TokenLimits.maxLifetimeSeconds else {
            throw .init(
                .lifetime,
                "the token lives longer than \(Int(TokenLimits.maxLifetimeSeconds / 3_600)) hours; obtain a short-lived one"
            )
        }
        guard now < exp + leeway else {
            throw .init(.expired, "the token has expired; obtain a new one")
        }
        guard (nbf ?? iat) <= now + leeway, iat <= now + leeway else {
            throw .init(.notYetValid, "the token is not valid yet; check both clocks")
        }
    }

    private static func isSubject(_ text: String) -> Bool {
        (1...TokenLimits.subjectBytes).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: ":"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// Printable ASCII, not empty.
    private static func isText(_ text: String, max: Int) -> Bool {
        (1...max).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}
