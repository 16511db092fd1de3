/// The `aud` claim: one string or an array of them (RFC 7519, section 4.1.3).
///
/// Not JWTKit's `AudienceClaim`: that one traps on an empty array.
struct TokenAudience: Codable, Sendable {
    let values: [String]

    init(_ values: [String]) { self.values = values }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let one = try? container.decode(String.self) {
            values = [one]
        } else {
            values = try container.decode([String].self)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }
}
