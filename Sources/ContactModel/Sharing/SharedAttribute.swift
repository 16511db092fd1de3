/// What of a contact is shared: `email`, `fullName`, or the attribute of a type.
public struct SharedAttribute: Hashable, Sendable {
    public let text: String

    public static let email = SharedAttribute(known: "email")
    public static let fullName = SharedAttribute(known: "fullName")

    private init(known text: String) { self.text = text }

    public init(_ type: AttributeType) { text = type.text }

    /// - Throws: `ValidationError` with code `invalid-attribute-type`.
    public init(_ raw: String) throws(ValidationError) {
        switch raw {
        case Self.email.text: self = .email
        case Self.fullName.text: self = .fullName
        default: self.init(try AttributeType(raw))
        }
    }

    /// 1…64 distinct ones, in the order given.
    ///
    /// - Throws: `ValidationError` with code `invalid-attributes` or `invalid-attribute-type`, pointing at the element.
    public static func list(_ raw: [String]) throws(ValidationError) -> [SharedAttribute] {
        guard (1...ModelLimits.sharedAttributes).contains(raw.count) else {
            throw ValidationError(
                .invalidAttributes,
                "Name 1 to \(ModelLimits.sharedAttributes) attributes that are shared.")
        }
        var list: [SharedAttribute] = []
        for (index, text) in raw.enumerated() {
            let attribute = try validating(at: "/\(index)") { () throws(ValidationError) in
                try SharedAttribute(text)
            }
            guard !list.contains(attribute) else {
                throw ValidationError(
                    .invalidAttributes, "This attribute is named twice.", pointer: "/\(index)")
            }
            list.append(attribute)
        }
        return list
    }
}
