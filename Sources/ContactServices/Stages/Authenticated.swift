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
    private let policies: PolicySet

    init(
        principal: SecurityPrincipal, credential: Data, requestID: RequestID,
        signature: RequestSignature? = nil, certificate: Data? = nil,
        source: WireSealedValue? = nil, policies: PolicySet
    ) {
        self.principal = principal
        self.credential = credential
        self.requestID = requestID
        self.signature = signature
        self.certificate = certificate
        self.source = source
        self.policies = policies
    }

    /// The coded table. What the policies say depends on the purpose: ``Permitted/purposed(_:)``.
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
    /// - Returns: ids of those that permit it.
    /// - Throws: `forbidden`, with the policies that decided; `internal-error`.
    func judge(_ action: Action, for purpose: PurposeCode?) throws(ServiceError) -> [String] {
        let facts: RequestFacts
        do throws(EntitiesError) {
            facts = try RequestFacts(
                subject: principal.subject, roles: principal.roles, action: action.rawValue,
                resourceType: action.resourceType, purpose: purpose,
                hasClientCertificate: principal.certificateThumbprint != nil)
        } catch {
            throw ServiceError(.internalError, "The access policies could not be asked.")
        }
        let decision = policies.decide(facts.request, entities: facts.entities)
        guard decision.outcome == .allow else { throw .refused(by: decision.reasons) }
        return decision.reasons
    }
}
