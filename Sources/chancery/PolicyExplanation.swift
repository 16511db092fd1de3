import AccessControl

/// A decision in words: what decided, where it stands, what could not be evaluated.
struct PolicyExplanation {
    let set: PolicySet
    /// For positions.
    let file: String

    /// For machines.
    struct Answer: Encodable {
        let name: String?
        let outcome: String
        /// That decided.
        let policies: [String]
        /// That could not be evaluated.
        let skipped: [String]
    }

    func answer(
        _ name: String?, _ request: AuthorizationRequest, _ entities: Entities
    ) -> Answer {
        let decision = set.decide(request, entities: entities)
        return Answer(
            name: name, outcome: decision.outcome.rawValue, policies: decision.reasons.sorted(),
            skipped: decision.errors.map(\.policy))
    }

    func text(_ request: AuthorizationRequest, _ entities: Entities) -> String {
        let decision = set.decide(request, entities: entities)
        var lines = [decision.outcome.rawValue]
        if decision.reasons.isEmpty { lines.append("  no policy permits it") }
        for policy in decision.reasons.compactMap({ set[id: $0] }) {
            lines.append("  by \(policy.id), \(file):\(policy.position)")
            lines += policy.text.split(separator: "\n", omittingEmptySubsequences: false)
                .map { "    \($0)" }
        }
        for skipped in decision.errors {
            lines.append("  skipped \(skipped.policy), \(file):\(skipped.error)")
        }
        return lines.joined(separator: "\n")
    }
}
