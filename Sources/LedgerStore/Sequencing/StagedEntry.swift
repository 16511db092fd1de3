import Foundation
import LedgerFormat
import Projections

/// An entry with its place in the ledger: what the segment stores, and what the projections need.
struct StagedEntry: Sendable {
    let headerBytes: Data
    let payload: Data
    let projected: ProjectedEntry

    var header: EntryHeader { projected.header }
    var leafHash: Digest32 { projected.leafHash }
}

/// A signed checkpoint's bytes with the size they speak of.
struct SizedNote: Sendable, Equatable {
    let size: UInt64
    let note: Data
}
