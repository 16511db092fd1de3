public import LedgerFormat

/// What an escrow says of the moment it was made at.
public struct EscrowStamp: Sendable, Equatable {
    public let logName: String
    public let generation: UInt64
    /// The TPM's erasure epoch.
    public let epoch: UInt64
    /// Entries signed by then: a ledger with fewer may lack orders to erase that this escrow's keystore has followed.
    public let treeSize: UInt64
    public let issued: LedgerTime
    /// Which keystore the root in it opens: SHA-256 of that keystore's `root_check`, which each move to another root
    /// draws anew. Epochs of another TPM may repeat, this does not.
    public let keystore: Digest32
    /// Of how many holders so many are needed.
    public let threshold: Int
    public let holders: [RecoveryKey.Public]
}
