/// Names an entity: `Role::"dpo"`. The type may have namespaces: `Chancery::Role`.
public struct EntityUID: Hashable, Sendable, CustomStringConvertible {
    public let type: PolicyText
    public let id: PolicyText

    public init(_ type: PolicyText, _ id: PolicyText) {
        self.type = type
        self.id = id
    }

    public init(_ type: String, _ id: String) { self.init(PolicyText(type), PolicyText(id)) }

    /// As a policy spells it.
    public var description: String { "\(type)::\(PolicyEscapes.quoted(id.string))" }

    public static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.id == rhs.id && lhs.type == rhs.type
    }

    public func hash(into hasher: inout Hasher) {
        // Both are hashes already, seeded for this process.
        hasher.combine(type.digest &* 31 ^ id.digest)
    }
}
