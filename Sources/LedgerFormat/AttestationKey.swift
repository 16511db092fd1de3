// FORMAT 5.4: ECDSA P-256 with SHA-256 by a restricted key of the TPM's endorsement hierarchy (AK). It signs
// what the TPM itself made, and nothing else that begins with its magic.

internal import Crypto

public enum AttestationKey {
    /// A P-256 key in the one DER encoding that SPKI has for it.
    public static func isAcceptable(spki: [UInt8]) -> Bool {
        publicKey(spki) != nil
    }

    /// - Parameter message: hashed here.
    /// - Returns: false also for a key that `isAcceptable(spki:)` refuses.
    public static func verify(signature: TPMSignature, message: [UInt8], spki: [UInt8]) -> Bool {
        guard let key = publicKey(spki),
            let value = try? P256.Signing.ECDSASignature(
                rawRepresentation: signature.rawRepresentation)
        else { return false }
        return key.isValidSignature(value, for: SHA256.hash(data: message))
    }

    private static func publicKey(_ spki: [UInt8]) -> P256.Signing.PublicKey? {
        guard spki.count <= 256,
            let key = try? P256.Signing.PublicKey(derRepresentation: spki),
            key.derRepresentation.elementsEqual(spki)
        else { return nil }
        return key
    }
}
