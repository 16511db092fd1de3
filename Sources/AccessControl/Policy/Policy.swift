/// One policy of a set: who may, or must not, do what to which resource, and when.
public struct Policy: Sendable {
    public enum Effect: String, Sendable { case permit, forbid }

    /// Its `@id`, or `policyN` where N is its place in the text, from 0.
    public let id: String
    public let effect: Effect
    /// Where `permit` or `forbid` stands.
    public let position: PolicyPosition
    public let annotations: [String: String]
    /// From its first annotation to its semicolon, as written.
    public let text: String

    let action: ActionScope
    let rule: PolicyRule

    enum ActionScope {
        case any
        case equal(EntityUID)
        case member(of: [EntityUID])
    }
}
