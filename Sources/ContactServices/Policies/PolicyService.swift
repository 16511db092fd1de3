import LedgerFormat
import ProcessBoundary

/// Shows access policies, and puts others in force.
public struct PolicyService: Sendable {
    private let ledger: any LedgerPort
    private let policies: PoliciesInForce
    private let auditor: Auditor

    public init(ledger: any LedgerPort, policies: PoliciesInForce) {
        self.ledger = ledger
        self.policies = policies
        auditor = Auditor(ledger: ledger)
    }

    /// - Throws: `not-found` for an entry that is not there.
    public func read(_ query: Validated<PolicyQuery>) async throws(ServiceError) -> PolicyView {
        var request = WireReadPolicyRequest()
        request.credential = query.authorized.request.credential
        if let index = query.command.index { request.index = index }
        request.generation = query.command.generation ?? 0
        let response = try await ledger.ask(.readPolicy(request)) { result -> WirePolicyResponse? in
            if case .policy(let response) = result { response } else { nil }
        }
        try await auditor.disclosure(query.authorized)
        return try PolicyView(response, isPast: query.command.isPast)
    }

    /// The ledger checks who signed, and audits it itself. The next request through this gateway is judged by them.
    ///
    /// - Throws: `policies-lock-out` when they forbid their own author to set others; `precondition-failed` when others are in force
    ///   than expected; `outcome-unknown`.
    public func set(_ change: Validated<PolicyChange>) async throws(ServiceError) -> PolicyReceipt {
        let caller = change.authorized.request
        guard caller.isPermitted(.setPolicies, by: change.command.set) else {
            throw ServiceError(
                .policiesLockOut,
                "Under these policies you could not set policies again; have them permit policy.set on Policy to you."
            )
        }
        var request = WireSetPolicyRequest()
        request.credential = caller.credential
        request.requestID = caller.requestID.text
        request.text = change.command.text
        request.context = change.authorized.auditContext
        if let signature = caller.signature { request.signature = signature.wire }
        if let expected = change.command.expected { request.expected = expected }
        do throws(ServiceError) {
            let response = try await ledger.record(.setPolicy(request)) {
                result -> WireSetPolicyResponse? in
                if case .policySet(let response) = result { response } else { nil }
            }
            await policies.refresh()
            return PolicyReceipt(
                version: response.version, generation: response.generation, index: response.index,
                textHash: LowerHex.encode(response.textHash))
        } catch {
            switch error.code {
            case .conflict: throw Self.replaced
            case .outcomeUnknown:
                await policies.refresh()
                throw Self.unknown
            default: throw error
            }
        }
    }

    /// The ledger has audited it.
    private static let replaced = ServiceError(
        .preconditionFailed,
        "Other access policies are in force than If-Match says; read them, and decide again."
    ).audited()

    private static let unknown = ServiceError(
        .outcomeUnknown,
        "The ledger did not answer in time: these policies may or may not be in force. Read the policies to learn it.",
        retryAfter: 2)
}
