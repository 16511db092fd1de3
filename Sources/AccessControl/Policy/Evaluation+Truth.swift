extension Evaluation {
    /// An expression that must be a bool: what most of a policy is, and no value is made for it.
    func truth(_ node: PolicyExpression.ID) throws(PolicyEvaluationError) -> Bool {
        switch tree.nodes[Int(node)] {
        case .and(let terms):
            for term in tree.lists[Range(terms)] where try !truth(term) { return false }
            return true
        case .or(let terms):
            for term in tree.lists[Range(terms)] where try truth(term) { return true }
            return false
        case .not(let operand): return try !truth(operand)
        case .equal(let left, let right): return try value(left) == value(right)
        case .compare(let comparison, let left, let right):
            let (left, right) = (try long(left), try long(right))
            switch comparison {
            case .less: return left < right
            case .lessOrEqual: return left <= right
            case .greater: return left > right
            case .greaterOrEqual: return left >= right
            }
        case .isMember(let operand, let group):
            let uid = try entity(operand)
            return try isMember(uid, ofValueOf: group)
        case .isType(let operand, let type):
            return try entity(operand).type == tree.texts[Int(type)]
        case .isTypeMember(let operand, let type, let group):
            let uid = try entity(operand)
            guard uid.type == tree.texts[Int(type)] else { return false }
            return try isMember(uid, ofValueOf: group)
        case .has(let operand, let path): return try has(operand, path)
        case .like(let operand, let pattern):
            return tree.patterns[Int(pattern)].matches(try text(operand))
        case .test(let test, let left, let right): return try passes(test, left, right)
        case .isEmpty(let operand): return try set(operand).isEmpty
        case .conditional(let condition, let yes, let no):
            return try truth(condition) ? truth(yes) : truth(no)
        case .literal, .variable, .negate, .calculate, .attribute, .set, .record:
            let found = try value(node)
            guard case .bool(let truth) = found else { throw wrong(.bool, found.type, node) }
            return truth
        }
    }

    private func passes(
        _ test: PolicyExpression.SetTest, _ left: PolicyExpression.ID, _ right: PolicyExpression.ID
    ) throws(PolicyEvaluationError) -> Bool {
        let elements = try set(left)
        switch test {
        case .contains: return elements.contains(try value(right))
        case .containsAll: return elements.isSuperset(of: try set(right))
        case .containsAny: return !elements.isDisjoint(with: try set(right))
        }
    }

    private func isMember(
        _ uid: EntityUID, ofValueOf node: PolicyExpression.ID
    ) throws(PolicyEvaluationError) -> Bool {
        switch try value(node) {
        case .entity(let group): return isMember(uid, of: group)
        case .set(let elements):
            // A set that holds anything else is an error even where another element would do.
            let ancestors = entities[uid]?.ancestors
            var isMember = false
            for element in elements {
                guard case .entity(let group) = element else {
                    throw wrong(.setOfEntities, .set, node)
                }
                isMember = isMember || uid == group || ancestors?.contains(group) == true
            }
            return isMember
        case let other: throw wrong(.entity, other.type, node)
        }
    }

    private func has(
        _ operand: PolicyExpression.ID, _ path: PolicyExpression.List
    ) throws(PolicyEvaluationError) -> Bool {
        var current = try value(operand)
        for name in tree.lists[Range(path)] {
            let next: PolicyValue?
            switch current {
            case .record(let record): next = record[tree.texts[Int(name)]]
            case .entity(let uid): next = entities[uid]?.attributes[tree.texts[Int(name)]]
            default: throw wrong(.record, current.type, operand)
            }
            guard let next else { return false }
            current = next
        }
        return true
    }
}

extension Range<Int> {
    init(_ list: PolicyExpression.List) { self = Int(list.lowerBound)..<Int(list.upperBound) }
}
