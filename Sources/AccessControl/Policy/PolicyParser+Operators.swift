extension PolicyParser {
    /// `if a then b else c`, or a chain of `||`.
    mutating func expression() throws(PolicySyntaxError) -> PolicyExpression.ID {
        try nested { (parser) throws(PolicySyntaxError) in
            let place = parser.position
            guard try parser.take(keyword: "if") else { return try parser.disjunction() }
            let condition = try parser.expression()
            try parser.expect(keyword: "then")
            let yes = try parser.expression()
            try parser.expect(keyword: "else")
            let no = try parser.expression()
            return try parser.tree.add(
                .conditional(condition, then: yes, else: no), condition, yes, no, at: place)
        }
    }

    private mutating func disjunction() throws(PolicySyntaxError) -> PolicyExpression.ID {
        let place = position
        var terms = [try conjunction()]
        while try take(.or) { terms.append(try conjunction()) }
        guard terms.count > 1 else { return terms[0] }
        return try tree.add(.or(tree.list(terms)), terms, at: place)
    }

    private mutating func conjunction() throws(PolicySyntaxError) -> PolicyExpression.ID {
        let place = position
        var terms = [try relation()]
        while try take(.and) { terms.append(try relation()) }
        guard terms.count > 1 else { return terms[0] }
        return try tree.add(.and(tree.list(terms)), terms, at: place)
    }

    /// At most one of `== != < <= > >= in has like is`: none of them associates.
    private mutating func relation() throws(PolicySyntaxError) -> PolicyExpression.ID {
        let left = try sum()
        guard let relation = try relation(left) else { return left }
        if Self.isRelation(token) {
            throw .init(
                .unexpectedToken, at: position,
                "\(token.name) after another comparison; parentheses make the order plain")
        }
        return relation
    }

    mutating func sum() throws(PolicySyntaxError) -> PolicyExpression.ID {
        var left = try product()
        while true {
            let place = position
            let operation: PolicyExpression.Arithmetic
            if try take(.plus) {
                operation = .add
            } else if try take(.minus) {
                operation = .subtract
            } else {
                return left
            }
            let right = try product()
            left = try tree.add(.calculate(operation, left, right), left, right, at: place)
        }
    }

    private mutating func product() throws(PolicySyntaxError) -> PolicyExpression.ID {
        var left = try unary()
        while true {
            let place = position
            if token == .symbol(.divide) || token == .symbol(.remainder) {
                throw .init(.unexpectedToken, at: place, "the language has no \(token.name)")
            }
            guard try take(.times) else { return left }
            let right = try unary()
            left = try tree.add(.calculate(.multiply, left, right), left, right, at: place)
        }
    }

    /// At most four `!`, or four `-`, never both.
    private mutating func unary() throws(PolicySyntaxError) -> PolicyExpression.ID {
        let place = position
        let nots = try count(.not)
        let negations = nots == 0 ? try count(.minus) : 0
        if negations > 0, case .number(let digits) = token {
            return try negatedNumber(digits, negations: negations, at: place)
        }
        var node = try member()
        for _ in 0..<nots { node = try tree.add(.not(node), node, at: place) }
        for _ in 0..<negations { node = try tree.add(.negate(node), node, at: place) }
        return node
    }

    private mutating func count(_ symbol: PolicyToken.Symbol) throws(PolicySyntaxError) -> Int {
        var count = 0
        while token == .symbol(symbol) {
            guard count < 4 else {
                throw .init(
                    .unexpectedToken, at: position, "more than four `\(symbol.rawValue)` in a row")
            }
            count += 1
            try advance()
        }
        return count
    }

    /// The sign belongs to a number that stands alone, so that -2^63 can be written.
    private mutating func negatedNumber(
        _ digits: String, negations: Int, at place: PolicyPosition
    ) throws(PolicySyntaxError) -> PolicyExpression.ID {
        let numberPlace = position
        try advance()
        var node: PolicyExpression.ID
        var left = negations
        if startsAccess {
            node = try access(
                to: try tree.literal(.long(try Self.long(digits, at: numberPlace)), at: numberPlace)
            )
        } else {
            node = try tree.literal(.long(try Self.long("-" + digits, at: numberPlace)), at: place)
            left -= 1
        }
        for _ in 0..<left { node = try tree.add(.negate(node), node, at: place) }
        return node
    }

    static func long(
        _ digits: String, at position: PolicyPosition
    ) throws(PolicySyntaxError) -> Int64 {
        guard let value = Int64(digits) else {
            throw .init(
                .integerTooLarge, at: position,
                "an integer lies between \(Int64.min) and \(Int64.max)")
        }
        return value
    }
}
