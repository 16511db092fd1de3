public import LedgerFormat

/// A receipt that holds: the entry with this header stands at its index in a signed tree.
public struct VerifiedReceipt: Sendable {
    /// Nil for a proof that does not carry its entry: then only the checkpoint was checked.
    public let header: EntryHeader?
    public let leaf: Digest32?
    public let index: UInt64
    public let origin: String
    public let generation: UInt64
    public let treeSize: UInt64
    public let root: Digest32
    /// False without a trust file: then only the arithmetic of the proof was checked.
    public let isSignatureChecked: Bool
    /// Id of the receipt key whose signature was given with it, and holds; nil when none was given.
    public let signer: String?
    /// Sibling hashes, from the leaf up.
    let proof: [Digest32]
}
