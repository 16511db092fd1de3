import Crypto
import FoundationEssentials
import X509

/// The public key of a client certificate, with the algorithm that RFC 9421, section 3.3 names for it.
enum SignatureKey {
    case p256(P256.Signing.PublicKey)
    case p384(P384.Signing.PublicKey)

    /// nil: no certificate, or of another kind of key.
    init?(certificate der: Data) {
        guard der.count <= SignatureLimits.certificateBytes,
            let certificate = try? Certificate(derEncoded: Array(der))
        else { return nil }
        if let key = P256.Signing.PublicKey(certificate.publicKey) {
            self = .p256(key)
        } else if let key = P384.Signing.PublicKey(certificate.publicKey) {
            self = .p384(key)
        } else {
            return nil
        }
    }

    var algorithm: String {
        switch self {
        case .p256: "ecdsa-p256-sha256"
        case .p384: "ecdsa-p384-sha384"
        }
    }

    /// - Parameter signature: r ‖ s, of fixed length (sections 3.3.4, 3.3.5).
    func isValid(_ signature: [UInt8], _ message: Data) -> Bool {
        switch self {
        case .p256(let key):
            (try? P256.Signing.ECDSASignature(rawRepresentation: signature))
                .map { key.isValidSignature($0, for: message) } ?? false
        case .p384(let key):
            (try? P384.Signing.ECDSASignature(rawRepresentation: signature))
                .map { key.isValidSignature($0, for: message) } ?? false
        }
    }
}
