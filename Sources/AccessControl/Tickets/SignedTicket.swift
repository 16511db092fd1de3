public import ContactModel
import Crypto
public import Foundation

// "chancery-ticket/v1." base64url(body) "." base64url(signature)
//
// Body as ContactModel/Security/TicketGrant+Body.swift has it; 64 bytes of Ed25519 (RFC 8032) over its `signedMessage`. It goes where a
// token goes.

/// A ticket as it is carried: what it grants, and the keeper's signature.
public struct SignedTicket: Sendable {
    public let grant: TicketGrant
    private let signature: Data

    private static let prefix = Data("chancery-ticket/v1.".utf8)
    private static let signatureBytes = 64
    /// Seconds by which a ticket may seem to live longer than it does, since a clock was set back.
    private static let slack = 60.0

    /// - Parameter signature: the keeper's, over ``TicketGrant/signedMessage(of:)``.
    public init(_ grant: TicketGrant, signature: Data) {
        self.grant = grant
        self.signature = signature
    }

    /// Whether a credential means to be one; a token of an issuer never does.
    public static func isOne(_ credential: Data) -> Bool { credential.starts(with: prefix) }

    public var bytes: Data {
        var bytes = Self.prefix
        bytes += Data(Base64URL.encode(grant.body).utf8)
        bytes.append(UInt8(ascii: "."))
        bytes += Data(Base64URL.encode(signature).utf8)
        return bytes
    }

    /// Verifies all that can be without looking at what is asked.
    ///
    /// - Parameter now: the wall clock.
    /// - Throws: ``AuthenticationError``: `oversized`, `malformed`, `signature`, `issuer`, `expired`, `lifetime`.
    public static func verify(
        _ credential: Data, by authority: TicketAuthority, at now: Date
    ) throws(AuthenticationError) -> SecurityPrincipal {
        let ticket = try SignedTicket(parsing: credential)
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: authority.key),
            key.isValidSignature(
                ticket.signature, for: TicketGrant.signedMessage(of: ticket.grant.body))
        else { throw .init(.signature, "the ticket was not signed by this keeper") }
        let grant = ticket.grant
        guard grant.origin == authority.origin else {
            throw .init(.issuer, "the ticket is of another log, or of a generation that ended")
        }
        guard now < grant.expiresAt else {
            throw .init(.expired, "the ticket has expired; show the receipt again")
        }
        guard
            grant.expiresAt.timeIntervalSince(now) <= Double(TicketGrant.lifetime) + Self.slack
        else { throw .init(.lifetime, "the ticket lives longer than any; check the clock") }
        return SecurityPrincipal(grant)
    }

    /// Exactly the bytes that ``bytes`` would write, and no others.
    private init(parsing credential: Data) throws(AuthenticationError) {
        guard credential.count <= TokenLimits.tokenBytes else {
            throw .init(.oversized, "the ticket has more than \(TokenLimits.tokenBytes) bytes")
        }
        let parts = credential.dropFirst(Self.prefix.count)
            .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard Self.isOne(credential), parts.count == 2, let first = parts.first,
            let last = parts.last, let body = Base64URL.decode(Data(first)),
            let signature = Base64URL.decode(Data(last)), signature.count == Self.signatureBytes,
            let grant = try? TicketGrant(body: body)
        else { throw Self.malformed }
        self.init(grant, signature: signature)
        guard bytes == credential else { throw Self.malformed }
    }

    private static let malformed = AuthenticationError(
        .malformed, "the ticket is none: obtain one from the keeper")
}
