import Foundation
import LedgerFormat
import Projections

/// Entries that became durable together: past the commit point, on the way to signature and projection.
/// The sequencer makes one of what it just committed, recovery of what it finds.
struct CommittedGroup: Sendable {
    /// Tree size before and after.
    let fromSize: UInt64
    let size: UInt64
    /// Of the tree of `size` leaves, as the ledger computes it.
    let root: Digest32
    let entries: [ProjectedEntry]
    let replies: [PendingReply]
    /// Found on disk: side information of its contacts comes from the keeper.
    let isRecovered: Bool

    var leafHashes: [Digest32] { entries.map(\.leafHash) }

    func fail(_ error: LedgerStoreError) {
        for reply in replies { reply.fail(error.afterCommit) }
    }
}
