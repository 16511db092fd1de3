extension PolicyParser {
    static func isRelation(_ token: PolicyToken) -> Bool {
        switch token {
        case .symbol(.equal), .symbol(.notEqual), .symbol(.less), .symbol(.lessOrEqual),
            .symbol(.greater), .symbol(.greaterOrEqual), .symbol(.assign):
            true
        case .identifier(let word): ["in", "has", "like", "is"].contains(word)
        default: false
        }
    }

    /// The comparison that follows `left`; nil when none does.
    mutating func relation(_ left: PolicyExpression.ID) throws(PolicySyntaxError)
        -> PolicyExpression.ID?
    {
        let place = position
        switch token {
        case .symbol(.equal):
            return try binary(left, place) { .equal($0, $1) }
        case .symbol(.notEqual):
            let equal = try binary(left, place) { .equal($0, $1) }
            return try tree.add(.not(equal), equal, at: place)
        case .symbol(.less): return try binary(left, place) { .compare(.less, $0, $1) }
        case .symbol(.lessOrEqual):
            return try binary(left, place) { .compare(.lessOrEqual, $0, $1) }
        case .symbol(.greater): return try binary(left, place) { .compare(.greater, $0, $1) }
        case .symbol(.greaterOrEqual):
            return try binary(left, place) { .compare(.greaterOrEqual, $0, $1) }
        case .symbol(.assign):
            throw .init(.unexpectedToken, at: place, "`=` compares nothing; write `==`")
        case .identifier("in"): return try binary(left, place) { .isMember($0, of: $1) }
        case .identifier("has"):
            try advance()
            return try tree.add(.has(left, path: tree.list(try attributePath())), left, at: place)
        case .identifier("like"):
            try advance()
            guard case .string(let raw) = token else { throw unexpected("a pattern in quotes") }
            let pattern = tree.pattern(try PolicyEscapes.pattern(raw, at: position))
            try advance()
            return try tree.add(.like(left, pattern: pattern), left, at: place)
        case .identifier("is"): return try typeTest(left, place)
        default: return nil
        }
    }

    private mutating func binary(
        _ left: PolicyExpression.ID, _ place: PolicyPosition,
        _ make: (PolicyExpression.ID, PolicyExpression.ID) -> PolicyExpression
    ) throws(PolicySyntaxError) -> PolicyExpression.ID {
        try advance()
        let right = try sum()
        return try tree.add(make(left, right), left, right, at: place)
    }

    private mutating func typeTest(
        _ left: PolicyExpression.ID, _ place: PolicyPosition
    ) throws(PolicySyntaxError) -> PolicyExpression.ID {
        try advance()
        let type = tree.text(try typeName())
        guard try take(keyword: "in") else {
            return try tree.add(.isType(left, type: type), left, at: place)
        }
        let right = try sum()
        return try tree.add(.isTypeMember(left, type: type, of: right), left, right, at: place)
    }

    /// `a`, `a.b.c` or `"a"`, as numbers of texts.
    private mutating func attributePath() throws(PolicySyntaxError) -> [UInt32] {
        if case .string = token { return [tree.text(try stringLiteral("an attribute"))] }
        var path = [tree.text(try name("an attribute's name"))]
        while try take(.dot) {
            path.append(tree.text(try name("an attribute's name")))
            guard path.count <= PolicyLimits.elements else { throw tooMany("attributes") }
        }
        return path
    }
}
