import AccessControl
import ContactModel

/// The access policies that one request is judged by, from its beginning to its end.
struct PolicyJudge: Sendable {
    let policies: PolicySet
    /// Stands in for policies that cannot be read.
    var isRepair = false
    let report: @Sendable (Decision, PolicySet) -> Void

    /// - Returns: ids of those that permit it.
    /// - Throws: `forbidden`, with the policies that decided; `internal-error`.
    func judge(
        _ principal: SecurityPrincipal, _ action: Action, on resource: String,
        for purpose: PurposeCode?
    ) throws(ServiceError) -> [String] {
        let facts: RequestFacts
        do throws(EntitiesError) {
            facts = try RequestFacts(
                subject: principal.subject, roles: principal.roles, action: action.rawValue,
                resourceType: action.resourceType, resourceID: resource, purpose: purpose,
                hasClientCertificate: principal.certificateThumbprint != nil)
        } catch {
            throw ServiceError(.internalError, "The access policies could not be asked.")
        }
        let decision = policies.decide(facts.request, entities: facts.entities)
        if !decision.errors.isEmpty { report(decision, policies) }
        guard decision.outcome == .allow else {
            throw isRepair ? Self.unreadable : .refused(by: decision.reasons)
        }
        return decision.reasons
    }

    private static let unreadable = ServiceError(
        .ledgerUnavailable,
        "The access policies in force cannot be read by this gateway; an administrator has to set others.",
        retryAfter: 60)
}
