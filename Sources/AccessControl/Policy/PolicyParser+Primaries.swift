extension PolicyParser {
    var startsAccess: Bool {
        switch token {
        case .symbol(.dot), .symbol(.openBracket), .symbol(.openParenthesis): true
        default: false
        }
    }

    /// A primary and what is reached from it.
    mutating func member() throws(PolicySyntaxError) -> PolicyExpression.ID {
        try access(to: try primary())
    }

    /// `.name`, `["name"]`, `.method(…)`, any number of them.
    mutating func access(to start: PolicyExpression.ID) throws(PolicySyntaxError)
        -> PolicyExpression.ID
    {
        var node = start
        while true {
            let place = position
            if try take(.dot) {
                let name = try name("an attribute's name")
                if token == .symbol(.openParenthesis) {
                    node = try method(name, of: node, at: place)
                } else {
                    node = try tree.add(.attribute(node, name: tree.text(name)), node, at: place)
                }
            } else if try take(.openBracket) {
                let name = try stringLiteral("an attribute's name in quotes")
                try expect(.closeBracket)
                node = try tree.add(.attribute(node, name: tree.text(name)), node, at: place)
            } else if token == .symbol(.openParenthesis) {
                throw .init(.invalidCall, at: place, "this is nothing that can be called")
            } else {
                return node
            }
        }
    }

    private mutating func primary() throws(PolicySyntaxError) -> PolicyExpression.ID {
        let place = position
        switch token {
        case .number(let digits):
            try advance()
            return try tree.literal(.long(try Self.long(digits, at: place)), at: place)
        case .string:
            return try tree.literal(.string(try stringLiteral("a string")), at: place)
        case .identifier("true"), .identifier("false"):
            let value = token == .identifier("true")
            try advance()
            return try tree.literal(.bool(value), at: place)
        case .identifier("if"):
            throw .init(
                .unexpectedToken, at: place, "put this `if` into parentheses: it is no operand")
        case .identifier: return try named()
        case .symbol(.openParenthesis):
            try advance()
            let node = try expression()
            try expect(.closeParenthesis)
            return node
        case .symbol(.openBracket):
            try advance()
            let elements = try expressions(upTo: .closeBracket)
            return try tree.set(elements, at: place)
        case .symbol(.openBrace): return try record()
        default: throw unexpected("a value")
        }
    }

    /// A variable or an entity.
    private mutating func named() throws(PolicySyntaxError) -> PolicyExpression.ID {
        let place = position
        switch try path() {
        case .entity(let uid): return try tree.literal(.entity(uid), at: place)
        case .name(let names):
            let name = names.joined(separator: "::")
            guard token != .symbol(.openParenthesis) else { throw Self.call(of: name, at: place) }
            let variable: PolicyExpression.Variable
            switch name {
            case "principal": variable = .principal
            case "action": variable = .action
            case "resource": variable = .resource
            case "context": variable = .context
            default:
                throw .init(
                    .unknownName, at: place,
                    "`\(name.prefix(64))` is none of principal, action, resource, context; an entity has its id in quotes"
                )
            }
            return try tree.add(.variable(variable), at: place)
        }
    }

    private mutating func record() throws(PolicySyntaxError) -> PolicyExpression.ID {
        let place = position
        try expect(.openBrace)
        var names: Set<PolicyText> = []
        var items: [UInt32] = []
        var values: [PolicyExpression.ID] = []
        while try !take(.closeBrace) {
            let keyPlace = position
            let name: String
            if case .string = token {
                name = try stringLiteral("a key")
            } else {
                name = try self.name("a key")
            }
            guard names.insert(PolicyText(name)).inserted else {
                throw .init(
                    .duplicate, at: keyPlace, "the key \(PolicyEscapes.quoted(name)) comes twice")
            }
            try expect(.colon)
            let value = try expression()
            items += [tree.text(name), value]
            values.append(value)
            guard values.count <= PolicyLimits.elements else { throw tooMany("keys") }
            if try !take(.comma), token != .symbol(.closeBrace) { throw unexpected("`,` or `}`") }
        }
        return try tree.add(.record(tree.list(items)), values, at: place)
    }

    mutating func expressions(
        upTo end: PolicyToken.Symbol
    ) throws(PolicySyntaxError) -> [PolicyExpression.ID] {
        var elements: [PolicyExpression.ID] = []
        while try !take(end) {
            elements.append(try expression())
            guard elements.count <= PolicyLimits.elements else { throw tooMany("elements") }
            if try !take(.comma), token != .symbol(end) {
                throw unexpected("`,` or `\(end.rawValue)`")
            }
        }
        return elements
    }
}
