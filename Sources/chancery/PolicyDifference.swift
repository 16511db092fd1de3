import AccessControl

/// What a policy set changes of another one, by the policies' ids.
struct PolicyDifference {
    /// One line for each policy that comes, goes or says something else; `+`, `-`, `~`.
    let lines: [String]

    init(from old: PolicySet, to new: PolicySet) {
        let gone = old.policies.filter { new[id: $0.id] == nil }
            .map { "- \($0.effect.rawValue) \($0.id)" }
        let others = new.policies.compactMap { policy -> String? in
            guard let before = old[id: policy.id] else {
                return "+ \(policy.effect.rawValue) \(policy.id)"
            }
            return before.text == policy.text ? nil : "~ \(policy.effect.rawValue) \(policy.id)"
        }
        lines = gone + others
    }
}
