extension PolicyParser {
    /// Words that name nothing, in no place.
    static let reserved: Set<String> = [
        "true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar",
    ]

    /// One name: an attribute, a key of a record, a part of a type.
    mutating func name(_ wanted: String) throws(PolicySyntaxError) -> String {
        guard case .identifier(let name) = token else { throw unexpected(wanted) }
        guard !Self.reserved.contains(name) else {
            throw .init(
                .reservedName, at: position,
                "`\(name)` is a word of the language; where an attribute has this name, write it in quotes"
            )
        }
        guard name.utf8.count <= PolicyLimits.stringBytes else {
            throw .init(
                .tooLarge, at: position, "a name has at most \(PolicyLimits.stringBytes) bytes")
        }
        try advance()
        return name
    }

    /// `A::B`, or the entity `A::B::"id"`.
    enum Path {
        case name([String])
        case entity(EntityUID)
    }

    mutating func path() throws(PolicySyntaxError) -> Path {
        var names = [try name("a name")]
        while try take(.doubleColon) {
            if case .string = token {
                let id = try stringLiteral("an entity's id")
                return .entity(EntityUID(names.joined(separator: "::"), id))
            }
            names.append(try name("a name or an entity's id in quotes"))
            guard names.count <= PolicyLimits.elements else { throw tooMany("parts of a name") }
        }
        return .name(names)
    }

    /// Behind `is`: an entity type.
    mutating func typeName() throws(PolicySyntaxError) -> String {
        let place = position
        guard case .name(let names) = try path() else {
            throw .init(
                .unexpectedToken, at: place,
                "`is` takes a type without an id; `==` compares with one entity")
        }
        return names.joined(separator: "::")
    }
}
