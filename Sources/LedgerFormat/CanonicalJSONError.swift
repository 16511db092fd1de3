/// Why bytes are not canonical JSON, or a value cannot be written as such.
public enum CanonicalJSONError: LedgerFormatError, Equatable {
    case tooLarge(limit: Int)
    case tooDeep
    /// A member name occurs twice.
    case duplicateMember(name: String)
    /// An integer beyond 2^53 − 1.
    case integerTooLarge
    /// What is expected at byte `offset` but not there.
    case notCanonical(offset: Int, expected: String)

    public var code: String {
        switch self {
        case .tooLarge: "json-too-large"
        case .tooDeep: "json-too-deep"
        case .duplicateMember: "json-duplicate-member"
        case .integerTooLarge: "json-integer-too-large"
        case .notCanonical: "json-not-canonical"
        }
    }

    public var message: String {
        switch self {
        case .tooLarge(let limit):
            "The text has more than \(limit) bytes. Split what it says."
        case .tooDeep:
            "Arrays and objects are nested more than \(LedgerLimits.maxJSONDepth) deep. Flatten it."
        case .duplicateMember(let name):
            "The member '\(name)' occurs twice in one object. Keep one."
        case .integerTooLarge:
            "An integer exceeds 2^53 − 1. Write it as a string."
        case .notCanonical(let offset, let expected):
            "Not canonical JSON at byte \(offset): expected \(expected) (FORMAT 1, RFC 8785)."
        }
    }
}
