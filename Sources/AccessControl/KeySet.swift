import FoundationEssentials
import JWTKit

/// The issuer's public keys: those of a JWKS file (RFC 7517) that verify ES384, by key id.
struct KeySet: Sendable {
    let keys: [String: ES384PublicKey]

    /// Keys of other types are passed over, so that an issuer may publish them beside ours.
    init(_ json: Data) throws(KeySetError) {
        guard json.count <= TokenLimits.keySetBytes else { throw .init("it is too large") }
        let file: File
        do {
            file = try JSONDecoder().decode(File.self, from: json)
        } catch {
            throw .init("it is not a JSON Web Key Set")
        }
        guard file.keys.count <= TokenLimits.keys else { throw .init("it holds too many keys") }
        var keys: [String: ES384PublicKey] = [:]
        for key in file.keys {
            guard key.d == nil else { throw .init("it holds a private key; publish public ones") }
            guard key.kty == "EC", key.crv == "P-384", key.use ?? "sig" == "sig",
                key.alg ?? "ES384" == "ES384"
            else { continue }
            guard let id = key.kid, !id.isEmpty, let x = key.x, let y = key.y else {
                throw .init("a P-384 key in it lacks kid, x or y")
            }
            guard let point = try? ES384PublicKey(parameters: (x, y)) else {
                throw .init("a P-384 key in it is not a point of the curve")
            }
            guard keys.updateValue(point, forKey: id) == nil else {
                throw .init("two keys in it have one kid")
            }
        }
        guard !keys.isEmpty else { throw .init("it holds no P-384 key") }
        self.keys = keys
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
        let d: String?
    }
}

/// Why the file of the issuer's keys cannot be used.
public struct KeySetError: Error, Sendable, Equatable, CustomStringConvertible {
    public let message: String

    init(_ message: String) { self.message = message }

    public var description: String { message }
}
