internal import LedgerFormat

/// A checkpoint as stored, and what it must say.
struct CheckpointJob: Sendable {
    enum Kind: Sendable {
        /// Signed for a commit group: exactly one line, by the log key.
        case group
        /// Served at `/ledger/checkpoint`: may carry further lines.
        case published
    }

    let kind: Kind
    let size: UInt64
    let note: [UInt8]
    /// The root that the entries give; nil when the evidence does not tell.
    let root: Digest32?
    /// The entry to blame: the last that the checkpoint covers, where that lies in this segment.
    let index: UInt64?
    /// The first entry that the checkpoint before does not cover.
    let from: UInt64?
}
