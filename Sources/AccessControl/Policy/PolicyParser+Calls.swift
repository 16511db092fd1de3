extension PolicyParser {
    /// Of Cedar's extension types and tags, none of which a decision here needs.
    private static let unsupportedFunctions: Set<String> = [
        "ip", "decimal", "datetime", "duration", "unknown",
    ]
    private static let unsupportedMethods: Set<String> = [
        "isIpv4", "isIpv6", "isLoopback", "isMulticast", "isInRange", "lessThan",
        "lessThanOrEqual", "greaterThan", "greaterThanOrEqual", "offset", "durationSince",
        "toDate", "toTime", "toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays",
        "hasTag", "getTag",
    ]

    mutating func method(
        _ name: String, of target: PolicyExpression.ID, at place: PolicyPosition
    ) throws(PolicySyntaxError) -> PolicyExpression.ID {
        try expect(.openParenthesis)
        let arguments = try expressions(upTo: .closeParenthesis)
        let test: PolicyExpression.SetTest
        switch name {
        case "contains": test = .contains
        case "containsAll": test = .containsAll
        case "containsAny": test = .containsAny
        case "isEmpty":
            guard arguments.isEmpty else { throw Self.arguments(of: name, 0, at: place) }
            return try tree.add(.isEmpty(target), target, at: place)
        default:
            guard !Self.unsupportedMethods.contains(name) else {
                throw Self.unsupported(name, at: place)
            }
            throw .init(
                .invalidCall, at: place,
                "there is no method `\(name.prefix(64))`; there are contains, containsAll, containsAny, isEmpty"
            )
        }
        guard let argument = arguments.first, arguments.count == 1 else {
            throw Self.arguments(of: name, 1, at: place)
        }
        return try tree.add(.test(test, target, argument), target, argument, at: place)
    }

    static func call(of name: String, at place: PolicyPosition) -> PolicySyntaxError {
        guard !unsupportedFunctions.contains(name) else { return unsupported(name, at: place) }
        return PolicySyntaxError(
            .invalidCall, at: place, "there is no function `\(name.prefix(64))`")
    }

    private static func unsupported(
        _ name: String, at place: PolicyPosition
    ) -> PolicySyntaxError {
        PolicySyntaxError(
            .unsupported, at: place,
            "`\(name)` is not supported: compare longs, strings, sets and entities instead")
    }

    private static func arguments(
        of name: String, _ count: Int, at place: PolicyPosition
    ) -> PolicySyntaxError {
        PolicySyntaxError(
            .invalidCall, at: place,
            "`\(name)` takes \(count == 0 ? "no arguments" : "one argument")")
    }
}
