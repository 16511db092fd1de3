/// One public key, as the trust file and `KeyActivated` have it (FORMAT section 8).
public struct PublicKeyRecord: Sendable, Equatable {
    /// `checkpoint` or `segment-manifest`.
    public let use: String
    public let algorithm: String
    public let name: String
    /// Hex: 8 digits for Ed25519, 16 for RSA.
    public let keyID: String
    /// Ed25519: 32 raw bytes; RSA: SPKI DER.
    public let publicKey: [UInt8]
    public let fromSize: UInt64
    public let untilSize: UInt64?
}

/// What this keeper signs with, and how far it has signed.
public struct PublicKeys: Sendable, Equatable {
    public let origin: String
    public let generation: UInt64
    public let keys: [PublicKeyRecord]
    /// Size of the tree last recorded.
    public let treeSize: UInt64
}
