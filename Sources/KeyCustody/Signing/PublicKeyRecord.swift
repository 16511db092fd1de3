public import Foundation
public import LedgerFormat

/// One public key, as the trust file and `KeyActivated` have it (FORMAT section 8).
public struct PublicKeyRecord: Sendable, Equatable {
    /// `checkpoint`, `segment-manifest`, `receipt` or `attestation`.
    public let use: String
    public let algorithm: String
    public let name: String
    /// Hex: 8 digits of a checkpoint key, else 16.
    public let keyID: String
    /// Ed25519: 32 raw bytes; else SPKI DER.
    public let publicKey: [UInt8]
    public let fromSize: UInt64
    public let untilSize: UInt64?
    /// Of an attestation key: TPM name of the counter that it certifies.
    public let sealCounter: [UInt8]?
    /// Whether its private half is gone, here and in every older copy of the keystore.
    public let isDestroyed: Bool
}

extension PublicKeyRecord {
    init(_ key: TrustedKey, isDestroyed: Bool = false) {
        self.init(
            use: key.use.rawValue, algorithm: key.algorithm.rawValue, name: key.name,
            keyID: key.keyID, publicKey: key.publicKey, fromSize: key.fromSize,
            untilSize: key.untilSize, sealCounter: key.sealCounter, isDestroyed: isDestroyed)
    }
}

/// The keys under which values are encrypted: the active one, and those that only decrypt any more.
public struct DayKeys: Sendable, Equatable {
    /// Nil: nothing was encrypted yet.
    public let active: String?
    public let oldest: String?
    public let count: UInt64
}

/// What this keeper signs with, and how far it has signed.
public struct PublicKeys: Sendable, Equatable {
    public let origin: String
    public let generation: UInt64
    public let keys: [PublicKeyRecord]
    /// Size of the tree last recorded.
    public let treeSize: UInt64
    /// Generations that ended, with their keys.
    public let past: [TrustFile.Generation]
    /// That the next generation will announce, and with which the rest of one that ends is sealed.
    public let coming: [PublicKeyRecord]
    /// Keys of days.
    public let dayKeys: DayKeys
    /// Payload of the `LedgerRecovered` that this generation begins with; nil for the first.
    public let recovered: Data?
}
