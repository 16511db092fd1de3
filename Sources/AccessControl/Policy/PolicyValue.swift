/// A value of the policy language. Values of different types are never equal; sets have no order and hold no value twice.
public enum PolicyValue: Hashable, Sendable {
    case bool(Bool)
    case long(Int64)
    case string(PolicyText)
    case entity(EntityUID)
    case set(Set<PolicyValue>)
    case record([PolicyText: PolicyValue])

    public static func string(_ string: String) -> PolicyValue { .string(PolicyText(string)) }

    public static func entity(_ type: String, _ id: String) -> PolicyValue {
        .entity(EntityUID(type, id))
    }

    var type: PolicyType {
        switch self {
        case .bool: .bool
        case .long: .long
        case .string: .string
        case .entity: .entity
        case .set: .set
        case .record: .record
        }
    }
}

/// What kind of value; all that an error tells of one.
public enum PolicyType: String, Sendable {
    case bool, long, string, entity, set, record
    case setOfEntities = "set of entities"
}
