public import Foundation

/// Who is asking, as a verified token or ticket says. Only AccessControl makes one from either.
public struct SecurityPrincipal: Hashable, Sendable {
    /// `sub`, `[A-Za-z0-9._:-]{1,64}`; becomes the entries' `actor`.
    public let subject: String
    public let roles: Set<Role>
    /// The `clearance` claim; that of the default label when the token has none.
    public let clearance: Clearance
    /// `jti`.
    public let tokenID: String
    /// `exp`.
    public let expiresAt: Date
    /// `cnf` with `x5t#S256` (RFC 8705, section 3.1): SHA-256 of the client certificate that the token is bound to, 32 bytes; nil for
    /// a token that is bound to none.
    public let certificateThumbprint: Data?
    /// What a ticket grants, in place of roles; nil: a token's.
    public let ticket: TicketGrant?

    public init(
        subject: String, roles: Set<Role>, clearance: Clearance, tokenID: String,
        expiresAt: Date, certificateThumbprint: Data? = nil, ticket: TicketGrant? = nil
    ) {
        self.subject = subject
        self.roles = roles
        self.clearance = clearance
        self.tokenID = tokenID
        self.expiresAt = expiresAt
        self.certificateThumbprint = certificateThumbprint
        self.ticket = ticket
    }

    /// Whom a ticket speaks for: nobody with a role, cleared for the label of the entry that it follows from.
    public init(_ ticket: TicketGrant) {
        self.init(
            subject: ticket.actor, roles: [], clearance: Clearance(ticket.label),
            tokenID: ticket.actor, expiresAt: ticket.expiresAt, ticket: ticket)
    }
}
