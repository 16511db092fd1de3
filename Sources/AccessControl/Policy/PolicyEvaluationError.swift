/// Why a policy could not be evaluated for a request. It then counts neither for nor against it. Values are not told.
public struct PolicyEvaluationError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Cause: Equatable, Sendable {
        case type(expected: PolicyType, found: PolicyType)
        /// Above 2^63-1 or below -2^63.
        case overflow
        case noSuchAttribute(String)
        /// Attributes were asked of an entity that is not among the request's.
        case noSuchEntity
    }

    /// A cause without what a request or a policy says.
    public enum Kind: String, Hashable, Sendable {
        case type, overflow
        case noSuchAttribute = "no-such-attribute"
        case noSuchEntity = "no-such-entity"
    }

    public var kind: Kind {
        switch cause {
        case .type: .type
        case .overflow: .overflow
        case .noSuchAttribute: .noSuchAttribute
        case .noSuchEntity: .noSuchEntity
        }
    }

    public let cause: Cause
    /// Of the operator or value in the policy text.
    public let position: PolicyPosition

    public var description: String {
        switch cause {
        case .type(let expected, let found):
            "\(position): expected a \(expected.rawValue), found a \(found.rawValue)"
        case .overflow: "\(position): the result is no 64-bit integer"
        case .noSuchAttribute(let name):
            "\(position): there is no attribute \(PolicyEscapes.quoted(name)); ask with `has` first"
        case .noSuchEntity:
            "\(position): nothing is known of this entity; ask with `has` first"
        }
    }
}
