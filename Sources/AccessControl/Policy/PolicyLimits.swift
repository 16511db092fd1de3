import ContactModel

/// What a policy text may cost, far above what people write. Parser and evaluator recurse, so that depth is bounded twice:
/// `nesting` while reading, `depth` of what was read.
enum PolicyLimits {
    static let sourceBytes = 262_144
    static let policies = 1_000
    /// Brackets and conditionals inside one another; the parser's stack grows by nine calls for each.
    static let nesting = 48
    /// Of an expression; `a + b + c` is three deep, a chain of `&&` or `||` is one.
    static let depth = 96
    /// Of a set, a record, a list of actions; annotations of a policy; parts of a name.
    static let elements = 1_024
    static let stringBytes = 4_096
    /// Matching costs its length times the text's at worst.
    static let patternBytes = 256
    /// Policy ids stand in audit entries.
    static let policyIDBytes = ModelLimits.policyIDBytes
    /// Of the facts that a decision may look at.
    static let entities = 10_000
    static let ancestors = 10_000
    /// Of a value that is read from JSON.
    static let valueDepth = 16
}
