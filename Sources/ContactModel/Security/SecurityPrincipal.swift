public import Foundation

/// Who is asking, as a verified token says. Only AccessControl makes one from a token.
public struct SecurityPrincipal: Hashable, Sendable {
    /// `sub`, `[A-Za-z0-9._:-]{1,64}`; becomes the entries' `actor`.
    public let subject: String
    public let roles: Set<Role>
    /// Text of the `clearance` claim (a label).
    public let clearance: String
    /// `jti`.
    public let tokenID: String
    /// `exp`.
    public let expiresAt: Date

    public init(
        subject: String, roles: Set<Role>, clearance: String, tokenID: String, expiresAt: Date
    ) {
        self.subject = subject
        self.roles = roles
        self.clearance = clearance
        self.tokenID = tokenID
        self.expiresAt = expiresAt
    }
}
