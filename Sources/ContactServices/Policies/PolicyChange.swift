import AccessControl
public import Foundation

/// A policy set to be put in force, which reads as one.
public struct PolicyChange: Sendable {
    let text: Data
    let set: PolicySet
    /// Version of the policies that it replaces; nil: whichever.
    let expected: UInt64?

    /// - Throws: `invalid-policies`, with line and column.
    public init(text: Data, expected: UInt64?) throws(ServiceError) {
        guard let source = String(validating: text, as: UTF8.self) else {
            throw ServiceError(.invalidUTF8, "The policies are not UTF-8.")
        }
        do {
            set = try PolicySet(source)
        } catch {
            var refusal = ServiceError(.invalidPolicies, "\(error)")
            refusal.position = TextPosition(
                line: error.position.line, column: error.position.column)
            throw refusal
        }
        self.text = text
        self.expected = expected
    }
}

/// Which policies are asked for; without an index: those in force.
public struct PolicyQuery: Sendable {
    let index: UInt64?
    /// nil: the current one.
    let generation: UInt64?

    /// Whether a certain moment is asked for.
    public var isPast: Bool { index != nil }

    public init(index: UInt64?, generation: UInt64?) {
        self.index = index
        self.generation = generation
    }
}

/// Policies and the entry that put them in force.
public struct PolicyView: Sendable {
    public struct Entry: Sendable {
        public let generation: UInt64
        public let index: UInt64
        public let actor: String
        public let time: String
    }

    /// Counts on over generations; 0: those that are compiled in.
    public let version: UInt64
    /// nil: those that are compiled in.
    public let entry: Entry?
    public let text: String
    /// SHA-256, hex.
    public let textHash: String
}

/// What a change left.
public struct PolicyReceipt: Sendable {
    public let version: UInt64
    public let generation: UInt64
    public let index: UInt64
    /// SHA-256, hex.
    public let textHash: String
}
