/// What a decision needs of a policy whose action fits: numbers alone, so that looking at it copies nothing.
struct PolicyRule {
    let effect: Policy.Effect
    let principal: Scope
    let resource: Scope
    /// All of `when` and `unless`; nil: none.
    let condition: PolicyExpression.ID?

    /// What stands after `principal` or `resource`, in numbers of ``ScopeNames``.
    enum Scope {
        case any
        case equal(UInt32)
        case member(of: UInt32)
        case type(UInt32)
        case typeMember(UInt32, of: UInt32)
    }
}
