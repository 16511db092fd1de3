/// A JSON value; members keep their order.
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// A non-negative integer written without fraction or exponent.
    case integer(UInt64)
    /// Any other number.
    case decimal(Double)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])

    var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .decimal: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

public struct JSONMember: Sendable, Equatable {
    public let name: String
    public let value: JSONValue

    public init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }
}

extension JSONValue {
    /// An object; members whose value is nil are left out.
    static func fields(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .object(members.compactMap { name, value in value.map { JSONMember(name, $0) } })
    }

    static func text(_ string: String?) -> JSONValue? { string.map(JSONValue.string) }
}
