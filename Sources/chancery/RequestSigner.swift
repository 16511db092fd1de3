import AccessControl
import Crypto
import Foundation

/// Signs requests that cannot be undone (RFC 9421), with the key of a client certificate.
struct RequestSigner {
    private enum Key {
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
    }

    private let key: Key
    private let thumbprint: String

    /// - Throws: `badInput` unless the identity's files hold a certificate and a P-256 or P-384 key.
    init(_ identity: ClientIdentity) throws(OperatorError) {
        let text = try Files.readText(identity.key)
        if let key = try? P256.Signing.PrivateKey(pemRepresentation: text) {
            self.key = .p256(key)
        } else if let key = try? P384.Signing.PrivateKey(pemRepresentation: text) {
            self.key = .p384(key)
        } else {
            throw OperatorError(
                .badInput, "\(identity.key) is no P-256 or P-384 private key in PEM.",
                next: "Make one with `chancery client-cert issue`.")
        }
        thumbprint = try ClientIdentity.binding(identity.certificate).thumbprint
    }

    /// `Signature-Input` and `Signature`, good for this one request within a minute.
    /// - Parameter origin: of the log that it is sent to.
    func headers(
        method: String, path: String, token: String, origin: String
    ) throws(OperatorError) -> [(String, String)] {
        let algorithm =
            switch key {
            case .p256: "ecdsa-p256-sha256"
            case .p384: "ecdsa-p384-sha384"
            }
        let parameters = SignatureBase.parameters(
            created: Int(Date().timeIntervalSince1970), keyID: thumbprint, algorithm: algorithm,
            nonce: UUID().uuidString.lowercased(), origin: origin)
        let base = Data(
            SignatureBase.text(
                SignedTarget(method: method, path: path), token: token, parameters: parameters
            ).utf8)
        let signature: Data
        do {
            signature =
                switch key {
                case .p256(let key): try key.signature(for: base).rawRepresentation
                case .p384(let key): try key.signature(for: base).rawRepresentation
                }
        } catch {
            throw OperatorError(
                .inputOutput, "The key cannot sign: \(error)", next: "Make another one.")
        }
        return [
            ("Signature-Input", "sig=\(parameters)"),
            ("Signature", "sig=:\(signature.base64EncodedString()):"),
        ]
    }
}
