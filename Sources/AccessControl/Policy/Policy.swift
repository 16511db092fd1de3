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

    let principal: Scope
    let action: ActionScope
    let resource: Scope
    let conditions: [Condition]

    /// What stands after `principal` or `resource`; numbers are those of the tree's entities and texts.
    enum Scope {
        case any
        case equal(UInt32)
        case member(of: UInt32)
        case type(UInt32)
        case typeMember(UInt32, of: UInt32)
    }

    enum ActionScope {
        case any
        case equal(EntityUID)
        case member(of: [EntityUID])
    }

    struct Condition {
        /// `when`: true is wanted; `unless`: false.
        let wanted: Bool
        let expression: PolicyExpression.ID
    }
}
