import AccessControl
public import ContactModel
import Foundation
import ProcessBoundary

/// A request whose caller is known. Made by `Authenticator` alone.
public struct Authenticated: Sendable {
    public let principal: SecurityPrincipal
    /// The token itself: ledger and keeper verify it themselves.
    let credential: Data
    public let requestID: RequestID
    let signature: RequestSignature?
    /// Of the connection.
    private let certificate: Data?
    /// Nil: not known.
    private let source: WireSealedValue?
    private let judge: PolicyJudge

    init(
        principal: SecurityPrincipal, credential: Data, requestID: RequestID,
        signature: RequestSignature? = nil, certificate: Data? = nil,
        source: WireSealedValue? = nil, judge: PolicyJudge
    ) {
        self.principal = principal
        self.credential = credential
        self.requestID = requestID
        self.signature = signature
        self.certificate = certificate
        self.source = source
        self.judge = judge
    }

    /// The coded table. What the policies say depends on the purpose: ``Permitted/purposed(_:on:)``.
    ///
    /// - Parameter strict: whether what operators do, and a relabel, needs a token that is bound to a client certificate.
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
        if strict, action.needsCertificate, principal.certificateThumbprint == nil {
            throw ServiceError(
                .certificateRequired,
                "This needs a token that is bound to a client certificate (RFC 8705), and a connection that shows it."
            )
        }
        return Permitted(request: self, action: action)
    }

    /// What an audit entry of this request tells of how it came.
    ///
    /// - Parameter policies: ids of those that decided; as many as an entry has room for are named.
    func auditContext(_ policies: [String]) -> WireAuditContext {
        var context = WireAuditContext()
        context.policyIds = Array(policies.prefix(ModelLimits.auditPolicies))
        if let certificate { context.certificate = certificate }
        if let source { context.sourceAddress = source }
        return context
    }

    /// The policies, which come after the table and cannot permit what it does not.
    ///
    /// - Parameter resource: id of what is asked for; empty where it is no certain one.
    /// - Returns: ids of those that permit it.
    /// - Throws: `forbidden`, with the policies that decided; `internal-error`.
    func judge(
        _ action: Action, on resource: String = "", for purpose: PurposeCode?
    ) throws(ServiceError) -> [String] {
        try judge.judge(principal, action, on: resource, for: purpose)
    }

    /// Whether other policies than those in force would permit it.
    func isPermitted(_ action: Action, by policies: PolicySet) -> Bool {
        let judge = PolicyJudge(policies: policies) { _, _ in }
        do {
            _ = try judge.judge(principal, action, on: "", for: nil)
            return true
        } catch {
            return false
        }
    }
}
