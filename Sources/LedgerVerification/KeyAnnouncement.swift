internal import LedgerFormat

/// What a `KeyActivated` entry and a key of the trust file must say alike (FORMAT 8).
struct KeyAnnouncement: Sendable, Hashable {
    let use: String
    let algorithm: String
    let name: String
    let keyID: String
    let publicKey: String
    let fromSize: UInt64
    /// Hex; of an attestation key.
    let sealCounter: String?
}

/// What a `KeyRetired` entry and a trust file's `untilSize` must say alike.
struct KeyRetirement: Sendable, Hashable {
    let use: String
    let keyID: String
    let untilSize: UInt64
}
