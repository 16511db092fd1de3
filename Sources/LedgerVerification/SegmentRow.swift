internal import LedgerFormat

/// The one row of table `segment` (FORMAT 5.1), its types checked, its claims not yet.
struct SegmentRow: Sendable {
    let number: UInt64
    let generation: UInt64
    let firstIndex: UInt64
    let origin: String
    /// Leaf hash before `firstIndex`; nil at 0.
    let previous: Digest32?
}
