import AccessControl
public import ContactModel
public import Foundation

/// Turns a bearer token into a principal. AccessControl's token verifier is the one that does.
public protocol TokenAuthority: Sendable {
    /// - Throws: anything, when the token does not count; the reason is not told to the caller.
    func principal(of token: Data) async throws -> SecurityPrincipal

    /// Whether it counted before, and was not refused and has not expired since.
    func remembers(_ token: Data) -> Bool
}

/// The door: the only maker of an `Authenticated`.
public struct Authenticator: Sendable {
    private let authority: any TokenAuthority
    private let policies: PoliciesInForce
    private let refusals: RefusalLog
    private let sources: SourceAddresses

    /// - Parameters:
    ///   - policies: a request is judged by those that are in force when it comes in.
    ///   - refusals: where those go that do not come in.
    public init(
        authority: any TokenAuthority, policies: PoliciesInForce, refusals: RefusalLog,
        sources: SourceAddresses
    ) {
        self.authority = authority
        self.policies = policies
        self.refusals = refusals
        self.sources = sources
    }

    /// Whether the token was verified before and may be expected to count again.
    public func remembers(_ token: String) -> Bool { authority.remembers(Data(token.utf8)) }

    /// - Parameters:
    ///   - certificate: of the connection that the token came by; nil when the client showed none.
    ///   - address: the connection's other end, numeric; nil where it is not known.
    /// - Throws: `ServiceError` with code `unauthenticated`; `certificate-mismatch` for a token that is bound to another certificate than
    ///   the connection's, or comes with the certificate of another principal; `ledger-unavailable` while there are no policies.
    public func authenticate(
        token: String, certificate: ClientCertificate? = nil, address: String? = nil,
        requestID: RequestID, signature: RequestSignature? = nil
    ) async throws(ServiceError) -> Authenticated {
        let bytes = Data(token.utf8)
        let principal: SecurityPrincipal
        do {
            principal = try await authority.principal(of: bytes)
        } catch {
            let code = (error as? AuthenticationError)?.code
            refusals.note(code?.rawValue ?? "unauthenticated")
            var refusal = ServiceError(
                .unauthenticated,
                "The bearer token is missing, expired or not valid; get a new one and send the request again."
            )
            refusal.isOfVerifiedToken = code == .expired
            throw refusal
        }
        do throws(ServiceError) {
            try Self.checkBinding(of: principal, to: certificate)
        } catch {
            refusals.note(error.code.rawValue)
            throw error
        }
        return Authenticated(
            principal: principal, credential: bytes, requestID: requestID, signature: signature,
            certificate: certificate?.thumbprint,
            source: await sources.sealed(address, of: principal, credential: bytes),
            judge: try policies.judge())
    }

    /// A bound token that was copied is worth nothing without the certificate's key (RFC 8705, section 3).
    private static func checkBinding(
        of principal: SecurityPrincipal, to certificate: ClientCertificate?
    ) throws(ServiceError) {
        if let thumbprint = principal.certificateThumbprint, thumbprint != certificate?.thumbprint {
            throw ServiceError(
                .certificateMismatch,
                "The token is bound to a client certificate that this connection does not show; connect with that one."
            )
        }
        if let certificate, certificate.subject != principal.subject {
            throw ServiceError(
                .certificateMismatch,
                "The client certificate of this connection is another principal's than the token; use a token of its own."
            )
        }
    }
}
