import AccessControl
public import Foundation

/// A policy set to be put in force, which reads as one.
public struct PolicyChange: Sendable {
    let text: Data
    let set: PolicySet
    /// Version of the policies that it replaces; nil: whichever.
    let expected: UInt64?

    /// - Throws: `invalid-policies`, with line and column where the language is not kept; `invalid-utf8`.
    public init(text: Data, expected: UInt64?) throws(ServiceError) {
        guard let source = String(validating: text, as: UTF8.self) else {
            throw ServiceError(.invalidUTF8, "The policies are not UTF-8.")
        }
        // They would be six bytes each in the entry, which the largest set then has no room in.
        guard
            source.unicodeScalars.allSatisfy({
                $0.value >= 0x20 || "\t\n\r".unicodeScalars.contains($0)
            })
        else {
            throw ServiceError(
                .invalidPolicies,
                "The policies hold control characters; write them as \\u{…}, in strings alone.")
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
