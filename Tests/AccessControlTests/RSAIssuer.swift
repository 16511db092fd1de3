import Crypto
import CryptoExtras
import Foundation

/// An issuer with an RSA key.
struct RSAIssuer {
    let key: _RSA.Signing.PrivateKey
    let algorithm: String
    let keyID: String

    init(bits: Int, algorithm: String, keyID: String = "rsa") throws {
        key = try _RSA.Signing.PrivateKey(keySize: _RSA.Signing.KeySize(bitCount: bits))
        self.algorithm = algorithm
        self.keyID = keyID
    }

    var jwk: [String: Any] {
        get throws {
            let numbers = try key.publicKey.getKeyPrimitives()
            return [
                "kty": "RSA", "use": "sig", "alg": algorithm, "kid": keyID,
                "n": TestIssuer.base64URL(numbers.modulus),
                "e": TestIssuer.base64URL(numbers.publicExponent),
            ]
        }
    }

    /// - Parameters:
    ///   - signing: with which algorithm; nil: the key's.
    ///   - saying: what the header says of it; nil: the truth.
    func token(
        signing: String? = nil, saying: String? = nil, keyID: String? = nil
    ) throws -> String {
        let signing = signing ?? algorithm
        let input = try TestIssuer.signingInput(
            ["alg": saying ?? signing, "typ": "at+jwt", "kid": keyID ?? self.keyID],
            TestIssuer.claims)
        let signature = try key.signature(
            for: SHA256.hash(data: Data(input.utf8)),
            padding: signing == "PS256" ? .PSS : .insecurePKCS1v1_5)
        return input + "." + TestIssuer.base64URL(signature.rawRepresentation)
    }
}
