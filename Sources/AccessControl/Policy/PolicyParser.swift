/// Reads policies by recursive descent, one token ahead. The grammar is Cedar's (cedar-policy-core, `grammar.lalrpop`), less
/// templates and extension functions, which are refused by name.
struct PolicyParser {
    private var lexer: PolicyLexer
    private(set) var token = PolicyToken.end
    /// Of `token`.
    private(set) var position: PolicyPosition
    /// Offset behind the last token taken.
    private var consumed = 0
    var tree = ExpressionTree()
    var names = ScopeNames()
    private var nesting = 0

    /// - Throws: `tooLarge`, `invalidToken`.
    init(_ source: String) throws(PolicySyntaxError) {
        lexer = PolicyLexer(source)
        position = lexer.position
        guard source.utf8.count <= PolicyLimits.sourceBytes else {
            throw .init(
                .tooLarge, at: position,
                "a policy set has at most \(PolicyLimits.sourceBytes) bytes; this has \(source.utf8.count)"
            )
        }
        try advance()
    }

    /// All policies to the end of the text.
    mutating func policies() throws(PolicySyntaxError) -> [Policy] {
        var policies: [Policy] = []
        var ids: Set<String> = []
        while token != .end {
            guard policies.count < PolicyLimits.policies else {
                throw .init(
                    .tooLarge, at: position, "a set has at most \(PolicyLimits.policies) policies")
            }
            let policy = try policy(number: policies.count)
            guard ids.insert(policy.id).inserted else {
                throw .init(
                    .duplicate, at: policy.position,
                    "another policy has the id `\(policy.id)`; give this one an @id of its own")
            }
            policies.append(policy)
        }
        return policies
    }

    private mutating func policy(number: Int) throws(PolicySyntaxError) -> Policy {
        let start = consumed
        let annotations = try annotations()
        let position = position
        let effect = try effect()
        try expect(.openParenthesis)
        let principal = try scope(of: "principal")
        try expect(.comma)
        let action = try actionScope()
        try expect(.comma)
        let resource = try scope(of: "resource")
        _ = try take(.comma)
        if case .identifier = token {
            throw .init(
                .invalidScope, at: self.position,
                "a scope is (principal, action, resource); \(token.name) belongs into a `when` clause"
            )
        }
        try expect(.closeParenthesis)
        let condition = try condition()
        try expect(.semicolon)
        return Policy(
            id: try id(annotations["id"], number: number, at: position), effect: effect,
            position: position, annotations: annotations, text: text(from: start),
            action: action,
            rule: PolicyRule(
                effect: effect, principal: principal, resource: resource, condition: condition))
    }

    private mutating func annotations() throws(PolicySyntaxError) -> [String: String] {
        var annotations: [String: String] = [:]
        while try take(.at) {
            let place = position
            guard case .identifier(let key) = token else {
                throw unexpected("the annotation's name")
            }
            try advance()
            var value = ""
            if try take(.openParenthesis) {
                value = try stringLiteral("the annotation's value, a string")
                try expect(.closeParenthesis)
            }
            guard annotations.updateValue(value, forKey: key) == nil else {
                throw .init(.duplicate, at: place, "the annotation @\(key) comes twice")
            }
            guard annotations.count <= PolicyLimits.elements else { throw tooMany("annotations") }
        }
        return annotations
    }

    /// Ids appear in decisions and audit entries, so they are short and plain.
    private func id(
        _ annotation: String?, number: Int, at position: PolicyPosition
    ) throws(PolicySyntaxError) -> String {
        guard let annotation else { return "policy\(number)" }
        let isPlain = annotation.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isPlain, (1...PolicyLimits.policyIDBytes).contains(annotation.utf8.count) else {
            throw .init(
                .reservedName, at: position,
                "an @id is 1 to \(PolicyLimits.policyIDBytes) of A-Z a-z 0-9 . _ -")
        }
        return annotation
    }

    private mutating func effect() throws(PolicySyntaxError) -> Policy.Effect {
        guard case .identifier(let name) = token, let effect = Policy.Effect(rawValue: name) else {
            throw unexpected("`permit` or `forbid`")
        }
        try advance()
        return effect
    }

    /// All clauses as one chain of `&&`; nil: there are none.
    private mutating func condition() throws(PolicySyntaxError) -> PolicyExpression.ID? {
        var terms: [PolicyExpression.ID] = []
        let start = position
        while case .identifier(let name) = token {
            let place = position
            guard name == "when" || name == "unless" else {
                throw unexpected("`when`, `unless` or `;`")
            }
            try advance()
            try expect(.openBrace)
            let term = try expression()
            try expect(.closeBrace)
            terms.append(name == "when" ? term : try tree.add(.not(term), term, at: place))
            guard terms.count <= PolicyLimits.elements else { throw tooMany("conditions") }
        }
        guard let first = terms.first else { return nil }
        return terms.count == 1 ? first : try tree.add(.and(tree.list(terms)), terms, at: start)
    }
}

// What all parts of the parser use.
extension PolicyParser {
    mutating func advance() throws(PolicySyntaxError) {
        consumed = lexer.consumed
        lexer.skipBlank()
        position = lexer.position
        token = try lexer.next()
    }

    /// Takes the token if it is this one.
    mutating func take(_ symbol: PolicyToken.Symbol) throws(PolicySyntaxError) -> Bool {
        guard token == .symbol(symbol) else { return false }
        try advance()
        return true
    }

    mutating func take(keyword: String) throws(PolicySyntaxError) -> Bool {
        guard token == .identifier(keyword) else { return false }
        try advance()
        return true
    }

    mutating func expect(_ symbol: PolicyToken.Symbol) throws(PolicySyntaxError) {
        guard try take(symbol) else { throw unexpected("`\(symbol.rawValue)`") }
    }

    mutating func expect(keyword: String) throws(PolicySyntaxError) {
        guard try take(keyword: keyword) else { throw unexpected("`\(keyword)`") }
    }

    mutating func stringLiteral(_ wanted: String) throws(PolicySyntaxError) -> String {
        guard case .string(let raw) = token else { throw unexpected(wanted) }
        let string = try PolicyEscapes.string(raw, at: position)
        try advance()
        return string
    }

    /// Runs `body` one level further in.
    mutating func nested<Result>(
        _ body: (inout PolicyParser) throws(PolicySyntaxError) -> Result
    ) throws(PolicySyntaxError) -> Result {
        guard nesting < PolicyLimits.nesting else {
            throw .init(
                .tooLarge, at: position,
                "brackets and conditionals are more than \(PolicyLimits.nesting) deep; make several policies of it"
            )
        }
        nesting += 1
        defer { nesting -= 1 }
        return try body(&self)
    }

    func unexpected(_ wanted: String) -> PolicySyntaxError {
        if case .slot = token {
            return PolicySyntaxError(
                .unsupported, at: position, "templates are not supported; name the entity itself")
        }
        return PolicySyntaxError(
            .unexpectedToken, at: position, "expected \(wanted), found \(token.name)")
    }

    func tooMany(_ what: String) -> PolicySyntaxError {
        PolicySyntaxError(.tooLarge, at: position, "more than \(PolicyLimits.elements) \(what)")
    }

    /// The text from an offset to the last token taken, without the blank before it.
    private func text(from start: Int) -> String {
        let text = lexer.text(start..<consumed).unicodeScalars
        return String(text.drop { $0.properties.isWhitespace })
    }
}
