/// A word of the language, as the lexer finds it.
enum PolicyToken: Equatable {
    /// `[_a-zA-Z][_a-zA-Z0-9]*`, key words included: which of them are reserved depends on the place.
    case identifier(String)
    /// `[0-9]+`; a sign is an operator.
    case number(String)
    /// What stands between the quotes, escapes and all.
    case string([Unicode.Scalar])
    /// `?principal`: Cedar's templates.
    case slot(String)
    case symbol(Symbol)
    case end

    enum Symbol: String, CaseIterable {
        case doubleColon = "::"
        case equal = "=="
        case notEqual = "!="
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case or = "||"
        case and = "&&"
        case at = "@"
        case dot = "."
        case comma = ","
        case semicolon = ";"
        case colon = ":"
        case openParenthesis = "("
        case closeParenthesis = ")"
        case openBrace = "{"
        case closeBrace = "}"
        case openBracket = "["
        case closeBracket = "]"
        case less = "<"
        case greater = ">"
        case plus = "+"
        case minus = "-"
        case times = "*"
        case divide = "/"
        case remainder = "%"
        case not = "!"
        case assign = "="
    }

    /// For messages. A string's content is left out: it may be long, and an error is no place for it.
    var name: String {
        switch self {
        case .identifier(let name): "`\(name.prefix(64))`"
        case .number(let digits): "`\(digits.prefix(24))`"
        case .string: "a string"
        case .slot(let name): "`?\(name.prefix(64))`"
        case .symbol(let symbol): "`\(symbol.rawValue)`"
        case .end: "the end of the text"
        }
    }
}
