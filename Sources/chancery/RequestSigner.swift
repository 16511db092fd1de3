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

    /// `Signature-Input` and `Signature`, and what else of the request they stand over, good for this one request within a minute.
    ///
    /// - Parameter origin: of the log that it is sent to.
    func headers(
        for target: SignedTarget, token: String, origin: String
    ) throws(OperatorError) -> [(String, String)] {
        let algorithm =
            switch key {
            case .p256: "ecdsa-p256-sha256"
            case .p384: "ecdsa-p384-sha384"
            }
        let parameters = SignatureBase.parameters(
            target.components, created: Int(Date().timeIntervalSince1970), keyID: thumbprint,
            algorithm: algorithm, nonce: UUID().uuidString.lowercased(), origin: origin)
        let base = Data(
            SignatureBase.text(
                target, token: token, components: target.components, parameters: parameters
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
        let covered = [("Content-Digest", target.contentDigest), ("If-Match", target.ifMatch)]
        return covered.compactMap { name, value in value.map { (name, $0) } } + [
            ("Signature-Input", "sig=\(parameters)"),
            ("Signature", "sig=:\(signature.base64EncodedString()):"),
        ]
    }
}
