public import FoundationEssentials
import JWTKit

/// The issuer's public keys: those of a JWKS file (RFC 7517) that verify ES384, RS256 or PS256, by key id.
public struct KeySet: Sendable {
    /// Bytes of the JSON.
    public static let maxBytes = TokenLimits.keySetBytes

    let keys: [String: IssuerKey]
    /// Ids of RSA keys below 4,096 bits: nothing counts that they sign.
    let weak: Set<String>
    /// Keys under which no token counts, each in a few words that hold nothing of it but its id.
    public let unusable: [String]

    /// Of the keys under which tokens count.
    public var keyIDs: Set<String> { Set(keys.keys) }

    /// Keys of other types are passed over, so that an issuer may publish them beside ours.
    /// - Throws: ``KeySetError`` for what is no key set, and for one without a key that counts.
    public init(_ json: Data) throws(KeySetError) {
        guard json.count <= TokenLimits.keySetBytes else { throw .init("it is too large") }
        let file: File
        do {
            file = try JSONDecoder().decode(File.self, from: json)
        } catch {
            throw .init("it is not a JSON Web Key Set")
        }
        guard file.keys.count <= TokenLimits.keys else { throw .init("it holds too many keys") }
        var keys: [String: IssuerKey] = [:]
        var weak: Set<String> = []
        var unusable: [String] = []
        for key in file.keys {
            guard key.d == nil else { throw .init("it holds a private key; publish public ones") }
            guard key.use ?? "sig" == "sig" else {
                unusable.append("\(key.name): not for signatures")
                continue
            }
            let id: String
            switch (key.kty, key.crv) {
            case ("EC", "P-384"):
                guard key.alg ?? "ES384" == "ES384" else {
                    unusable.append("\(key.name): a P-384 key that is not for ES384")
                    continue
                }
                id = try key.id("a P-384 key")
                keys[id] = try Self.unused(id, keys, weak, .es384(key.point()))
            case ("RSA", nil):
                guard let alg = key.alg, alg == "RS256" || alg == "PS256" else {
                    unusable.append("\(key.name): an RSA key whose alg is not RS256 or PS256")
                    continue
                }
                id = try key.id("an RSA key")
                guard let rsa = try key.rsa() else {
                    unusable.append("\(key.name): an RSA key of fewer than 4096 bits")
                    weak.insert(id)
                    continue
                }
                keys[id] = try Self.unused(
                    id, keys, weak, alg == "RS256" ? .rs256(rsa) : .ps256(rsa))
            default: unusable.append("\(key.name): another kind of key")
            }
        }
        guard !keys.isEmpty else {
            throw .init("it holds no P-384 key, and no RSA key of 4096 bits that says its alg")
        }
        self.keys = keys
        self.weak = weak
        self.unusable = unusable
    }

    private static func unused(
        _ id: String, _ keys: [String: IssuerKey], _ weak: Set<String>, _ key: IssuerKey
    ) throws(KeySetError) -> IssuerKey {
        guard keys[id] == nil, !weak.contains(id) else {
            throw .init("two keys in it have one kid")
        }
        return key
    }

    private struct File: Decodable { let keys: [Key] }

    private struct Key: Decodable {
        let kty: String
        let crv: String?
        let kid: String?
        let use: String?
        let alg: String?
        let x: String?
        let y: String?
        let n: String?
        let e: String?
        let d: String?

        /// For people; it comes from anywhere and may hold anything.
        var name: String {
            guard let kid, (1...TokenLimits.keyIDBytes).contains(kid.utf8.count),
                kid.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else { return "a key without a kid that can be shown" }
            return "kid \(kid)"
        }

        func id(_ what: String) throws(KeySetError) -> String {
            guard let kid, !kid.isEmpty else { throw .init("\(what) in it lacks kid") }
            return kid
        }

        func point() throws(KeySetError) -> ES384PublicKey {
            guard let x, let y else { throw .init("a P-384 key in it lacks x or y") }
            guard let point = try? ES384PublicKey(parameters: (x, y)) else {
                throw .init("a P-384 key in it is not a point of the curve")
            }
            return point
        }

        /// nil: of too few bits.
        func rsa() throws(KeySetError) -> Insecure.RSA.PublicKey? {
            guard let n, let e, let modulus = Base64URL.decode(Data(n.utf8)) else {
                throw .init("an RSA key in it lacks n or e")
            }
            let significant = modulus.drop { $0 == 0 }
            guard let first = significant.first else {
                throw .init("an RSA key in it is none")
            }
            let bits = significant.count * 8 - first.leadingZeroBitCount
            guard bits >= TokenLimits.minRSABits else { return nil }
            guard bits <= TokenLimits.maxRSABits,
                let key = try? Insecure.RSA.PublicKey(modulus: n, exponent: e)
            else { throw .init("an RSA key in it is none, or larger than 8192 bits") }
            return key
        }
    }
}

/// Why the file of the issuer's keys, or that of denied tokens, cannot be used.
public struct KeySetError: Error, Sendable, Equatable, CustomStringConvertible {
    public let message: String

    init(_ message: String) { self.message = message }

    public var description: String { message }
}
