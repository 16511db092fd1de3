/// Expressions of one policy set, evaluated for one request. Nothing here recurses deeper than the tree, and each node is
/// visited at most once for a policy.
struct Evaluation {
    let tree: ExpressionTree
    let request: AuthorizationRequest
    let entities: Entities

    func isMember(_ uid: EntityUID, of group: EntityUID) -> Bool {
        uid == group || entities[uid]?.ancestors.contains(group) == true
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
