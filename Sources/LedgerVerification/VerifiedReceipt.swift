public import LedgerFormat

/// A receipt that holds: the entry with this header stands at its index in a signed tree.
public struct VerifiedReceipt: Sendable {
    public let header: EntryHeader
    public let leaf: Digest32
    public let origin: String
    public let treeSize: UInt64
    public let root: Digest32
    /// False without a trust file: then only the arithmetic of the proof was checked.
    public let isSignatureChecked: Bool
}
