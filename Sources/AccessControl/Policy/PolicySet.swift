/// Policies in Cedar's language, ready to decide: default deny, any satisfied `forbid` wins, else any satisfied `permit`
/// allows, and a policy that cannot be evaluated is skipped and reported.
///
/// Source: the Cedar policy language reference, version 4 (docs.cedarpolicy.com). Left out, and refused by name: templates,
/// extension functions (`ip`, `decimal`, `datetime`, `duration`) and entity tags. An `@id` annotation names its policy.
public final class PolicySet: Sendable {
    /// In the order of the text.
    public let policies: [Policy]
    let tree: ExpressionTree
    private let rules: [PolicyRule]
    private let names: ScopeNames
    private let index: ActionIndex

    /// - Throws: `PolicySyntaxError` for a text that Cedar refuses, is more than the limits allow, or uses what is left out.
    public init(_ source: String) throws(PolicySyntaxError) {
        var parser = try PolicyParser(source)
        policies = try parser.policies()
        tree = parser.tree
        rules = policies.map(\.rule)
        names = parser.names
        index = ActionIndex(policies)
    }

    public subscript(id id: String) -> Policy? { policies.first { $0.id == id } }

    public func decide(_ request: AuthorizationRequest, entities: Entities) -> Decision {
        let evaluation = Evaluation(tree: tree, request: request, entities: entities)
        let principal = names.subject(request.principal, entities[request.principal])
        let resource = names.subject(request.resource, entities[request.resource])
        let ancestors = entities[request.action]?.ancestors
        var satisfied: (permits: [String], forbids: [String]) = ([], [])
        var errors: [Decision.Skipped] = []
        for number in index.candidates(request.action, ancestors: ancestors) {
            let rule = rules[number]
            guard rule.principal.fits(principal), rule.resource.fits(resource) else { continue }
            do throws(PolicyEvaluationError) {
                if let condition = rule.condition {
                    guard try evaluation.truth(condition) else { continue }
                }
                switch rule.effect {
                case .permit: satisfied.permits.append(policies[number].id)
                case .forbid: satisfied.forbids.append(policies[number].id)
                }
            } catch {
                errors.append(.init(policy: policies[number].id, error: error))
            }
        }
        guard satisfied.forbids.isEmpty, !satisfied.permits.isEmpty else {
            return Decision(outcome: .deny, reasons: satisfied.forbids, errors: errors)
        }
        return Decision(outcome: .allow, reasons: satisfied.permits, errors: errors)
    }
}
