public import ContactModel
public import LedgerFormat

/// What a ledger shows that lacks nothing that was signed: its last entry is the anchor of a clean stop (FORMAT 9.3).
public struct CertifiedEnd: Sendable {
    public let anchor: TPMAnchored
    /// Of the perfect subtrees of the tree without that entry, largest first.
    public let subtrees: [Digest32]
    /// Leaf hash of that entry.
    public let leaf: Digest32
    /// That the tree without the entry extends the one that the keeper recorded last (RFC 6962 section 2.1.2).
    public let consistency: [Digest32]

    public init(
        anchor: TPMAnchored, subtrees: [Digest32], leaf: Digest32, consistency: [Digest32]
    ) {
        self.anchor = anchor
        self.subtrees = subtrees
        self.leaf = leaf
        self.consistency = consistency
    }
}
