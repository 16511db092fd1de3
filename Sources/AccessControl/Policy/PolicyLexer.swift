/// Cuts a policy text into tokens, as Cedar's grammar does: white space is Unicode's, a comment runs from `//` to the end of
/// the line, the longest symbol wins.
struct PolicyLexer {
    private let scalars: [Unicode.Scalar]
    private var offset = 0
    private var line: UInt32 = 1
    private var column: UInt32 = 1

    init(_ source: String) { scalars = Array(source.unicodeScalars) }

    var position: PolicyPosition { PolicyPosition(line: line, column: column) }
    /// How many scalars were read.
    var consumed: Int { offset }

    /// What was read between two offsets.
    func text(_ range: Range<Int>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[range.clamped(to: scalars.indices)])
        return String(text)
    }

    /// Skips white space and comments; ``position`` is then where ``next()`` begins.
    mutating func skipBlank() {
        while let scalar = peek() {
            if scalar.properties.isWhitespace {
                advance()
            } else if scalar == "/", peek(1) == "/" {
                while let scalar = peek(), scalar != "\n", scalar != "\r" { advance() }
            } else {
                return
            }
        }
    }

    /// - Throws: `invalidToken`, `tooLarge`.
    mutating func next() throws(PolicySyntaxError) -> PolicyToken {
        guard let scalar = peek() else { return .end }
        if Self.isNameStart(scalar) { return .identifier(take(while: Self.isNamePart)) }
        if Self.isDigit(scalar) { return .number(take(while: Self.isDigit)) }
        if scalar == "\"" { return try string() }
        if scalar == "?", let following = peek(1), Self.isNameStart(following) {
            advance()
            return .slot(take(while: Self.isNamePart))
        }
        return try symbol(scalar)
    }

    private mutating func string() throws(PolicySyntaxError) -> PolicyToken {
        let start = position
        advance()
        var content: [Unicode.Scalar] = []
        while let scalar = peek() {
            advance()
            switch scalar {
            case "\"": return .string(content)
            case "\\":
                guard let escaped = peek(), escaped != "\n" else {
                    throw .init(
                        .invalidToken, at: start, "a `\\` at the end of a line escapes nothing")
                }
                advance()
                content += [scalar, escaped]
            default: content.append(scalar)
            }
            // An escape is at most ten scalars long.
            guard content.count <= 10 * PolicyLimits.stringBytes else { break }
        }
        guard peek() == nil else {
            throw .init(
                .tooLarge, at: start,
                "a string has at most \(PolicyLimits.stringBytes) bytes; is its closing quote missing?"
            )
        }
        throw .init(.invalidToken, at: start, "the string that begins here has no closing quote")
    }

    private mutating func symbol(
        _ scalar: Unicode.Scalar
    ) throws(PolicySyntaxError) -> PolicyToken {
        // Those of two scalars are declared first.
        for symbol in PolicyToken.Symbol.allCases {
            let spelling = symbol.rawValue.unicodeScalars
            guard spelling.first == scalar else { continue }
            guard spelling.count == 1 || spelling.last == peek(1) else { continue }
            for _ in spelling { advance() }
            return .symbol(symbol)
        }
        throw .init(
            .invalidToken, at: position,
            "U+\(String(scalar.value, radix: 16, uppercase: true)) begins nothing in the language; remove it"
        )
    }

    private mutating func take(while belongs: (Unicode.Scalar) -> Bool) -> String {
        let start = offset
        while let scalar = peek(), belongs(scalar) { advance() }
        return text(start..<offset)
    }

    private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        offset + ahead < scalars.count ? scalars[offset + ahead] : nil
    }

    private mutating func advance() {
        guard offset < scalars.count else { return }
        if scalars[offset] == "\n" {
            line += 1
            column = 1
        } else {
            column += 1
        }
        offset += 1
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        isNameStart(scalar) || isDigit(scalar)
    }
}
