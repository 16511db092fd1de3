/// Expressions of one policy set, evaluated for one request. Nothing here recurses deeper than the tree, and each node is
/// visited at most once for a policy.
struct Evaluation {
    let tree: ExpressionTree
    let request: AuthorizationRequest
    let entities: Entities
    private let principal: Entities.Record?
    private let resource: Entities.Record?

    init(tree: ExpressionTree, request: AuthorizationRequest, entities: Entities) {
        self.tree = tree
        self.request = request
        self.entities = entities
        principal = entities[request.principal]
        resource = entities[request.resource]
    }

    /// The action is known to fit: ``ActionIndex`` chose the policy for it.
    func isSatisfied(_ policy: borrowing Policy) throws(PolicyEvaluationError) -> Bool {
        guard matches(policy.principal, request.principal, principal),
            matches(policy.resource, request.resource, resource)
        else { return false }
        for condition in policy.conditions
        where try truth(condition.expression) != condition.wanted {
            return false
        }
        return true
    }

    private func matches(
        _ scope: Policy.Scope, _ uid: EntityUID, _ record: Entities.Record?
    ) -> Bool {
        switch scope {
        case .any: true
        case .equal(let other): tree.uids[Int(other)] == uid
        case .member(let group): isMember(uid, record, of: tree.uids[Int(group)])
        case .type(let type): tree.texts[Int(type)] == uid.type
        case .typeMember(let type, let group):
            tree.texts[Int(type)] == uid.type && isMember(uid, record, of: tree.uids[Int(group)])
        }
    }

    private func isMember(
        _ uid: EntityUID, _ record: Entities.Record?, of group: EntityUID
    ) -> Bool {
        uid == group || record?.ancestors.contains(group) == true
    }

    func isMember(_ uid: EntityUID, of group: EntityUID) -> Bool {
        isMember(uid, entities[uid], of: group)
    }

    func wrong(
        _ expected: PolicyType, _ found: PolicyType, _ node: PolicyExpression.ID
    ) -> PolicyEvaluationError {
        PolicyEvaluationError(
            cause: .type(expected: expected, found: found), position: tree.positions[Int(node)])
    }

    func error(
        _ cause: PolicyEvaluationError.Cause, _ node: PolicyExpression.ID
    ) -> PolicyEvaluationError {
        PolicyEvaluationError(cause: cause, position: tree.positions[Int(node)])
    }
}
