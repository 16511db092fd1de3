/// The expressions of a policy set, in one array; with what they refer to.
struct ExpressionTree: Sendable {
    private(set) var nodes: [PolicyExpression] = []
    private(set) var positions: [PolicyPosition] = []
    private(set) var lists: [UInt32] = []
    private(set) var constants: [PolicyValue] = []
    private(set) var texts: [PolicyText] = []
    private(set) var patterns: [LikePattern] = []

    private var depths: [UInt8] = []

    /// - Throws: `tooLarge` for an expression that is too deep to evaluate.
    mutating func add(
        _ node: PolicyExpression, _ children: PolicyExpression.ID..., at position: PolicyPosition
    ) throws(PolicySyntaxError) -> PolicyExpression.ID {
        try add(node, children, at: position)
    }

    mutating func add(
        _ node: PolicyExpression, _ children: [PolicyExpression.ID], at position: PolicyPosition
    ) throws(PolicySyntaxError) -> PolicyExpression.ID {
        let depth = 1 + (children.map { Int(depths[Int($0)]) }.max() ?? 0)
        guard depth <= PolicyLimits.depth else {
            throw .init(
                .tooLarge, at: position,
                "this expression is more than \(PolicyLimits.depth) deep; make several policies of it"
            )
        }
        nodes.append(node)
        depths.append(UInt8(depth))
        positions.append(position)
        return PolicyExpression.ID(nodes.count - 1)
    }

    mutating func literal(
        _ value: PolicyValue, at position: PolicyPosition
    ) throws(PolicySyntaxError) -> PolicyExpression.ID {
        constants.append(value)
        return try add(.literal(constant: UInt32(constants.count - 1)), at: position)
    }

    mutating func list(_ items: [UInt32]) -> PolicyExpression.List {
        let start = UInt32(lists.count)
        lists += items
        return start..<UInt32(lists.count)
    }

    mutating func text(_ string: String) -> UInt32 {
        texts.append(PolicyText(string))
        return UInt32(texts.count - 1)
    }

    mutating func pattern(_ pattern: LikePattern) -> UInt32 {
        patterns.append(pattern)
        return UInt32(patterns.count - 1)
    }

    /// A set of literals is one itself: made once, not at every decision.
    mutating func set(
        _ elements: [PolicyExpression.ID], at position: PolicyPosition
    ) throws(PolicySyntaxError) -> PolicyExpression.ID {
        let values = elements.compactMap(constant)
        if values.count == elements.count { return try literal(.set(Set(values)), at: position) }
        return try add(.set(list(elements)), elements, at: position)
    }

    private func constant(_ node: PolicyExpression.ID) -> PolicyValue? {
        guard case .literal(let constant) = nodes[Int(node)] else { return nil }
        return constants[Int(constant)]
    }
}
