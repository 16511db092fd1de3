/// Why a text is no policy set.
public struct PolicySyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// No token of the language begins here.
        case invalidToken
        case unexpectedToken
        case invalidEscape
        /// A literal outside -2^63 … 2^63-1.
        case integerTooLarge
        case reservedName
        case unknownName
        case invalidScope
        case invalidCall
        /// A key of a record, an annotation, or the id of a policy comes twice.
        case duplicate
        /// Cedar, but not the part of it that decisions here need: extension functions, tags, templates.
        case unsupported
        /// Longer, deeper or more than the limits allow.
        case tooLarge
    }

    public let code: Code
    public let position: PolicyPosition
    public let message: String

    init(_ code: Code, at position: PolicyPosition, _ message: String) {
        self.code = code
        self.position = position
        self.message = message
    }

    public var description: String { "\(position): \(message)" }
}
