import Crypto

/// The public half of an attestation key as its TPM tells it.
struct AttestationKeyPublic: Sendable {
    /// TPMT_PUBLIC as marshalled.
    let area: [UInt8]
    /// The same key as SPKI DER.
    let spki: [UInt8]
    /// Its attributes are those of the template: made in the TPM, never leaves it, signs only what the TPM composed.
    let isRestricted: Bool

    /// TPM Name: SHA-256 as the algorithm, and the digest of the area.
    var name: [UInt8] { [0x00, 0x0B] + Array(SHA256.hash(data: area)) }
}
