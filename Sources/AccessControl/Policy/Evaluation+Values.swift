extension Evaluation {
    func value(_ node: PolicyExpression.ID) throws(PolicyEvaluationError) -> PolicyValue {
        switch tree.nodes[Int(node)] {
        case .literal(let constant): return tree.constants[Int(constant)]
        case .variable(.principal): return .entity(request.principal)
        case .variable(.action): return .entity(request.action)
        case .variable(.resource): return .entity(request.resource)
        case .variable(.context): return .record(request.context)
        case .negate(let operand):
            let (result, overflow) = Int64(0).subtractingReportingOverflow(try long(operand))
            guard !overflow else { throw error(.overflow, node) }
            return .long(result)
        case .calculate(let operation, let left, let right):
            return .long(try calculate(operation, try long(left), try long(right), node))
        case .attribute(let operand, let name): return try attribute(name, of: operand, node)
        case .conditional(let condition, let yes, let no):
            return try truth(condition) ? value(yes) : value(no)
        case .set(let elements):
            var set: Set<PolicyValue> = []
            for element in tree.lists[Range(elements)] { set.insert(try value(element)) }
            return .set(set)
        case .record(let items):
            var record: [PolicyText: PolicyValue] = [:]
            for item in stride(from: Int(items.lowerBound), to: Int(items.upperBound), by: 2) {
                record[tree.texts[Int(tree.lists[item])]] = try value(tree.lists[item + 1])
            }
            return .record(record)
        case .and, .or, .not, .equal, .compare, .isMember, .isType, .isTypeMember, .has, .like,
            .test,
            .isEmpty:
            return .bool(try truth(node))
        }
    }

    func long(_ node: PolicyExpression.ID) throws(PolicyEvaluationError) -> Int64 {
        let value = try value(node)
        guard case .long(let long) = value else { throw wrong(.long, value.type, node) }
        return long
    }

    func entity(_ node: PolicyExpression.ID) throws(PolicyEvaluationError) -> EntityUID {
        let value = try value(node)
        guard case .entity(let uid) = value else { throw wrong(.entity, value.type, node) }
        return uid
    }

    func set(_ node: PolicyExpression.ID) throws(PolicyEvaluationError) -> Set<PolicyValue> {
        let value = try value(node)
        guard case .set(let set) = value else { throw wrong(.set, value.type, node) }
        return set
    }

    func text(_ node: PolicyExpression.ID) throws(PolicyEvaluationError) -> PolicyText {
        let value = try value(node)
        guard case .string(let text) = value else { throw wrong(.string, value.type, node) }
        return text
    }

    private func calculate(
        _ operation: PolicyExpression.Arithmetic, _ left: Int64, _ right: Int64,
        _ node: PolicyExpression.ID
    ) throws(PolicyEvaluationError) -> Int64 {
        let (result, overflow) =
            switch operation {
            case .add: left.addingReportingOverflow(right)
            case .subtract: left.subtractingReportingOverflow(right)
            case .multiply: left.multipliedReportingOverflow(by: right)
            }
        guard !overflow else { throw error(.overflow, node) }
        return result
    }

    private func attribute(
        _ name: UInt32, of operand: PolicyExpression.ID, _ node: PolicyExpression.ID
    ) throws(PolicyEvaluationError) -> PolicyValue {
        let name = tree.texts[Int(name)]
        let found: PolicyValue?
        switch try value(operand) {
        case .record(let record): found = record[name]
        case .entity(let uid):
            guard let record = entities[uid] else { throw error(.noSuchEntity, node) }
            found = record.attributes[name]
        case let other: throw wrong(.record, other.type, operand)
        }
        guard let found else { throw error(.noSuchAttribute(name.string), node) }
        return found
    }
}
