// FORMAT 5.3: RSASSA-PSS (RFC 8017) with a 4,096-bit key, SHA-256, MGF1 with SHA-256, 32-byte salt.
// swift-crypto's `.PSS` fixes MGF1 to the message's hash and demands a salt as long as it: with SHA-256
// that is exactly this, in signing and in verifying (a test signs with other salts and is refused).

internal import Crypto
internal import CryptoExtras

public enum RSAPSS {
    /// The name in manifests and trust files.
    public static let algorithm = "RSASSA-PSS-4096-SHA256"
    public static let keyBits = 4_096

    /// - Parameters:
    ///   - signature: 512 bytes.
    ///   - message: hashed here.
    ///   - spki: the key as SPKI DER.
    /// - Returns: false also for a key that `isAcceptable(spki:)` refuses.
    public static func verify(signature: [UInt8], message: [UInt8], spki: [UInt8]) -> Bool {
        guard signature.count == LedgerLimits.manifestSignatureBytes, let key = publicKey(spki)
        else { return false }
        return key.isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: signature),
            for: SHA256.hash(data: message), padding: .PSS)
    }

    /// A 4,096-bit RSA key in the one DER encoding that SPKI has for it.
    public static func isAcceptable(spki: [UInt8]) -> Bool {
        publicKey(spki) != nil
    }

    private static func publicKey(_ spki: [UInt8]) -> _RSA.Signing.PublicKey? {
        guard spki.count <= 1_024,
            let key = try? _RSA.Signing.PublicKey(derRepresentation: spki),
            key.keySizeInBits == keyBits, key.derRepresentation.elementsEqual(spki)
        else { return nil }
        return key
    }
}
