import FoundationEssentials
import JWTKit

/// One public key of the issuer, with the one algorithm that counts under it (RFC 8725, section 3.1).
enum IssuerKey: Sendable {
    case es384(ES384PublicKey)
    case rs256(Insecure.RSA.PublicKey)
    case ps256(Insecure.RSA.PublicKey)

    /// As `alg` names it (RFC 7518, section 3.1).
    var algorithm: String {
        switch self {
        case .es384: "ES384"
        case .rs256: "RS256"
        case .ps256: "PS256"
        }
    }

    static let algorithms: Set<String> = ["ES384", "RS256", "PS256"]

    func add(to collection: JWTKeyCollection, as id: String) async {
        let kid = JWKIdentifier(string: id)
        switch self {
        case .es384(let key): await collection.add(ecdsa: key, kid: kid)
        case .rs256(let key): await collection.add(rsa: key, digestAlgorithm: .sha256, kid: kid)
        case .ps256(let key): await collection.add(pss: key, digestAlgorithm: .sha256, kid: kid)
        }
    }
}
