import ContactModel
import Foundation

/// What a token shall say, checked before it is signed: the daemons would refuse anything else anyway, with less to read.
struct TokenRequest {
    let subject: String
    let roles: [String]
    let clearance: String
    let lifetime: Int
    /// Of the client certificate that it is bound to.
    let thumbprint: String?

    /// - Parameter certificate: PEM file of a client certificate of `subject`, to bind the token to.
    init(
        subject: String, roles: [String], clearance: String? = nil, ttl: String = "10m",
        certificate: String? = nil
    ) throws(OperatorError) {
        try Self.check(subject: subject)
        let known = Role.allCases.map(\.rawValue)
        for role in roles where !known.contains(role) {
            throw OperatorError(
                .badInput, "There is no role \(role).",
                next: "Use one of \(known.sorted().joined(separator: ", ")).")
        }
        guard !roles.isEmpty else {
            throw OperatorError(
                .badInput, "A token needs a role.", next: "Add --role, e.g. --role verifier.")
        }
        guard let lifetime = DurationText.seconds(ttl), lifetime <= TokenIssuer.longestLifetime
        else {
            throw OperatorError(
                .badInput, "\(ttl) is no lifetime.", next: "Write 90s, 15m or 1h; at most 24h.")
        }
        do {
            _ = try clearance.map { try Clearance($0) }
        } catch {
            throw OperatorError(
                .badInput, "\(clearance ?? "") is no clearance.",
                next:
                    "Write a security label such as s1/i1 or s2:c0.c3,c7/i1, or a range of two such as s0/i2-s2:c0/i0."
            )
        }
        thumbprint = try Self.thumbprint(of: certificate, for: subject)
        self.subject = subject
        self.roles = roles
        self.lifetime = lifetime
        self.clearance = clearance ?? Self.usualClearance(roles)
    }

    /// - Throws: `refused` where tokens are those of another issuer, and whatever signing throws
    func issue(from home: Home) async throws -> String {
        if let issuer = try ExternalIssuer.read(home) {
            throw OperatorError(
                .refused, "Tokens of \(home.shown) are issued by \(issuer.name), not here.",
                next:
                    "Get one there; commands of an operator take it from CHANCERY_TOKEN, bound to \(Caller.operator.identity(home).certificate)."
            )
        }
        return try await sign(home)
    }

    /// For a request of this command's own: CHANCERY_TOKEN, else one made for it.
    func obtain(from home: Home) async throws -> String {
        let given = ProcessInfo.processInfo.environment["CHANCERY_TOKEN"] ?? ""
        return given.isEmpty ? try await issue(from: home) : given
    }

    private func sign(_ home: Home) async throws -> String {
        try await TokenIssuer(home: home).token(
            subject: subject, roles: roles, clearance: clearance, lifetime: lifetime,
            thumbprint: thumbprint)
    }

    static func check(subject: String) throws(OperatorError) {
        let allowed = subject.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "._:-".utf8.contains(byte)
            }
        }
        guard allowed, (1...64).contains(subject.utf8.count) else {
            throw OperatorError(
                .badInput, "The subject must be 1 to 64 of A-Z a-z 0-9 . _ : -",
                next: "Use an opaque id such as platform-1, never a name or an email.")
        }
    }

    private static func thumbprint(
        of path: String?, for subject: String
    ) throws(OperatorError) -> String? {
        guard let path else { return nil }
        let binding = try ClientIdentity.binding(path)
        guard binding.subject == subject else {
            throw OperatorError(
                .badInput, "\(path) is the certificate of \(binding.subject), not of \(subject).",
                next: "Name that subject, or issue a certificate with `chancery client-cert issue`."
            )
        }
        return binding.thumbprint
    }

    /// Who works with the audit stream needs its compartment, c1023; an officer writes below it, too.
    private static func usualClearance(_ roles: [String]) -> String {
        if roles.contains("dpo") { return "s1/i1-s1:c1023/i1" }
        return roles.contains { ["verifier", "auditor"].contains($0) } ? "s1:c1023/i1" : "s1/i1"
    }
}
