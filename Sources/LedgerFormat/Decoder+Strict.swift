extension Decoder {
    /// A member that nobody reads may be a misspelt limit; a trust file with one is not trusted.
    func refuseUnknownMembers(_ known: [String]) throws {
        let found = try container(keyedBy: AnyMember.self).allKeys.map(\.stringValue)
        if let unknown = found.first(where: { !known.contains($0) }) {
            throw TrustFileError.invalid(where: "member '\(unknown)'", rule: "is not known")
        }
    }
}

private struct AnyMember: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) {
        return nil
    }
}
