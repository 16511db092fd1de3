import FoundationEssentials

/// The JOSE header, read with suspicion before any key is chosen.
///
/// Only `alg`, `typ` and `kid` may stand in it. So nothing in a token can name its own key (`jku`, `jwk`, `x5u`, `x5c`)
/// or change how it is to be read (`crit`, `b64`, `zip`).
struct TokenHeader {
    let keyID: String
    /// One of those accepted; whether it is the key's, the key ring says.
    let algorithm: String

    init(_ json: Data) throws(AuthenticationError) {
        let fields: Fields
        do {
            fields = try JSONDecoder().decode(Fields.self, from: json)
        } catch {
            throw .init(.malformed, "the token's header is not a JSON object with text values")
        }
        // First, so that `none` and HMAC are refused by name whatever else is wrong.
        guard let algorithm = fields.values["alg"], IssuerKey.algorithms.contains(algorithm) else {
            throw .init(
                .algorithm, "the token is not signed with ES384, PS256 or RS256, which are accepted"
            )
        }
        guard Set(fields.names).isSubset(of: ["alg", "typ", "kid"]) else {
            throw .init(.header, "the token's header may hold alg, typ and kid, nothing else")
        }
        let type = fields.values["typ"]?.lowercased()
        guard type == "at+jwt" || type == "application/at+jwt" else {
            throw .init(
                .tokenType, "the token is no access token: its typ is not at+jwt (RFC 9068)")
        }
        guard let keyID = fields.values["kid"], !keyID.isEmpty,
            keyID.utf8.count <= TokenLimits.keyIDBytes
        else {
            throw .init(.unknownKey, "the token names no key: its header needs a kid")
        }
        self.keyID = keyID
        self.algorithm = algorithm
    }

    /// Names of all members, and the values of those that are text.
    private struct Fields: Decodable {
        var names: [String] = []
        var values: [String: String] = [:]

        struct Name: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Name.self)
            for name in container.allKeys {
                names.append(name.stringValue)
                values[name.stringValue] = try? container.decode(String.self, forKey: name)
            }
        }
    }
}
