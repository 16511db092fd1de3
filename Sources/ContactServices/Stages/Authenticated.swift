public import ContactModel
import Foundation

/// A request whose caller is known. Made by `Authenticator` alone.
public struct Authenticated: Sendable {
    public let principal: SecurityPrincipal
    /// The token itself: ledger and keeper verify it themselves.
    let credential: Data
    public let requestID: RequestID
    let signature: RequestSignature?

    init(
        principal: SecurityPrincipal, credential: Data, requestID: RequestID,
        signature: RequestSignature? = nil
    ) {
        self.principal = principal
        self.credential = credential
        self.requestID = requestID
        self.signature = signature
    }

    /// - Parameter strict: whether what operators do needs a token that is bound to a client certificate.
    /// - Throws: `ServiceError` with code `forbidden` when no role of the caller permits `action`; `certificate-required`.
    public func authorized(
        for action: Action, certificates strict: Bool = false
    ) throws(ServiceError) -> Authorized {
        guard !principal.roles.isDisjoint(with: action.roles) else {
            let names = action.roles.map(\.rawValue).sorted().joined(separator: " or ")
            throw ServiceError(
                .forbidden, "This needs the role \(names); the token does not have it.")
        }
        // The authenticator has compared a bound token's thumbprint with the connection's.
        if strict, action.category == .operation, principal.certificateThumbprint == nil {
            throw ServiceError(
                .certificateRequired,
                "Operators need a token that is bound to a client certificate (RFC 8705), and a connection that shows it."
            )
        }
        return Authorized(request: self, action: action, purposes: [])
    }
}
