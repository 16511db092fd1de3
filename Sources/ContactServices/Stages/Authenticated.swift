import AccessControl
public import ContactModel
import Foundation

/// A request whose caller is known. Made by `Authenticator` alone.
public struct Authenticated: Sendable {
    public let principal: SecurityPrincipal
    /// The token itself: ledger and keeper verify it themselves.
    let credential: Data
    public let requestID: RequestID
    let signature: RequestSignature?
    private let judge: PolicyJudge

    init(
        principal: SecurityPrincipal, credential: Data, requestID: RequestID,
        signature: RequestSignature? = nil, judge: PolicyJudge
    ) {
        self.principal = principal
        self.credential = credential
        self.requestID = requestID
        self.signature = signature
        self.judge = judge
    }

    /// The coded table. What the policies say depends on the purpose: ``Permitted/purposed(_:on:)``.
    ///
    /// - Parameter strict: whether what operators do needs a token that is bound to a client certificate.
    /// - Throws: `ServiceError` with code `forbidden` when no role of the caller permits `action`; `certificate-required`.
    public func authorized(
        for action: Action, certificates strict: Bool = false
    ) throws(ServiceError) -> Permitted {
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
        return Permitted(request: self, action: action)
    }

    /// The policies, which come after the table and cannot permit what it does not.
    ///
    /// - Parameter resource: id of what is asked for; empty where it is no certain one.
    /// - Throws: `forbidden`, with the policies that decided; `internal-error`.
    func judge(
        _ action: Action, on resource: String = "", for purpose: PurposeCode?
    ) throws(ServiceError) {
        try judge.judge(principal, action, on: resource, for: purpose)
    }

    /// Whether other policies than those in force would permit it.
    func isPermitted(_ action: Action, by policies: PolicySet) -> Bool {
        let judge = PolicyJudge(policies: policies) { _, _ in }
        do {
            try judge.judge(principal, action, on: "", for: nil)
            return true
        } catch {
            return false
        }
    }
}
