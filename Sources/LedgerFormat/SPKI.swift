public import FoundationEssentials

/// A public key as SubjectPublicKeyInfo in DER (RFC 5280).
public enum SPKI {
    /// Hex of the first 8 bytes of SHA-256(SPKI DER): the id of manifest, attestation and receipt keys (FORMAT 5.3, 5.4, 7.1).
    public static func keyID(_ spki: some ContiguousBytes) -> String {
        let digest = spki.reading { LedgerHash.sha256($0) }
        return String(digest.hex.prefix(16))
    }
}
