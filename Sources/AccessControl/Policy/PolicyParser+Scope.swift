extension PolicyParser {
    /// `principal`, `== e`, `in e`, `is T`, `is T in e`; likewise for `resource`.
    mutating func scope(of variable: String) throws(PolicySyntaxError) -> PolicyRule.Scope {
        try self.variable(variable)
        if try take(.equal) { return .equal(names.number(of: try scopeEntity())) }
        if try take(keyword: "in") { return .member(of: names.number(of: try scopeEntity())) }
        guard try take(keyword: "is") else {
            try refuseOperator()
            return .any
        }
        let type = names.number(ofType: try typeName())
        guard try take(keyword: "in") else { return .type(type) }
        return .typeMember(type, of: names.number(of: try scopeEntity()))
    }

    /// `action`, `== e`, `in e`, `in [e, …]`. Every entity is of a type `Action`.
    mutating func actionScope() throws(PolicySyntaxError) -> Policy.ActionScope {
        try variable("action")
        if try take(.equal) { return .equal(try actionEntity()) }
        guard try take(keyword: "in") else {
            try refuseOperator()
            return .any
        }
        return .member(of: try actions())
    }

    private mutating func variable(_ name: String) throws(PolicySyntaxError) {
        let place = position
        guard try take(keyword: name) else {
            throw .init(
                .invalidScope, at: place,
                "a scope is (principal, action, resource); expected `\(name)`, found \(token.name)")
        }
    }

    private func refuseOperator() throws(PolicySyntaxError) {
        switch token {
        case .symbol(.comma), .symbol(.closeParenthesis), .end: return
        case .identifier("is"):
            throw .init(.invalidScope, at: position, "an action has no `is`: compare with == or in")
        default:
            throw .init(
                .invalidScope, at: position,
                "\(token.name) has no place in a scope; write other conditions into a `when` clause"
            )
        }
    }

    private mutating func actions() throws(PolicySyntaxError) -> [EntityUID] {
        if try take(.openParenthesis) {
            let actions = try nested { (parser) throws(PolicySyntaxError) in try parser.actions() }
            try expect(.closeParenthesis)
            return actions
        }
        guard try take(.openBracket) else { return [try actionEntity()] }
        var actions: [EntityUID] = []
        while try !take(.closeBracket) {
            actions.append(try actionEntity())
            guard actions.count <= PolicyLimits.elements else { throw tooMany("actions") }
            if try !take(.comma), token != .symbol(.closeBracket) { throw unexpected("`,` or `]`") }
        }
        return actions
    }

    private mutating func actionEntity() throws(PolicySyntaxError) -> EntityUID {
        let place = position
        let uid = try scopeEntity()
        guard uid.type.string == "Action" || uid.type.string.hasSuffix("::Action") else {
            throw .init(
                .invalidScope, at: place, "an action is written Action::\"…\", not \(uid.type)")
        }
        return uid
    }

    /// An entity literal, in as many parentheses as anyone likes.
    private mutating func scopeEntity() throws(PolicySyntaxError) -> EntityUID {
        if try take(.openParenthesis) {
            let uid = try nested { (parser) throws(PolicySyntaxError) in try parser.scopeEntity() }
            try expect(.closeParenthesis)
            return uid
        }
        let place = position
        guard case .identifier = token else { throw unexpected("an entity, Type::\"id\"") }
        guard case .entity(let uid) = try path() else {
            throw .init(.invalidScope, at: place, "a scope compares with an entity, Type::\"id\"")
        }
        return uid
    }
}
