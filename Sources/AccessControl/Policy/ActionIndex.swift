/// Which policies an action can concern, so that a decision looks at those alone.
struct ActionIndex: Sendable {
    /// Policies for any action.
    private var unscoped: [Int] = []
    /// For each action that some policy names, by `==` or `in`: these policies and the unscoped ones, in order.
    private var exact: [EntityUID: [Int]] = [:]
    /// Those that name it by `in`: they concern its members, too.
    private var groups: [EntityUID: [Int]] = [:]

    init(_ policies: [Policy]) {
        for (number, policy) in policies.enumerated() {
            switch policy.action {
            case .any: unscoped.append(number)
            case .equal(let action): exact[action, default: []].append(number)
            case .member(let actions):
                for action in Set(actions) {
                    exact[action, default: []].append(number)
                    groups[action, default: []].append(number)
                }
            }
        }
        for (action, numbers) in exact { exact[action] = (numbers + unscoped).sorted() }
    }

    /// In the order of the text.
    ///
    /// - Parameter ancestors: the groups that `action` is in.
    func candidates(_ action: EntityUID, ancestors: Set<EntityUID>?) -> [Int] {
        let own = exact[action] ?? unscoped
        guard let ancestors, !ancestors.isEmpty else { return own }
        return ancestors.reduce(into: Set(own)) { $0.formUnion(groups[$1] ?? []) }.sorted()
    }
}
