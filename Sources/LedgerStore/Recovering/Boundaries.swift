import GRDB
import LedgerFormat

/// The commit groups of the active segment that have no stored checkpoint, and the size before them.
struct Boundaries {
    let signedSize: UInt64
    /// Ascending, contiguous, from `signedSize` to the end.
    let groups: [Range<UInt64>]

    /// Looks only at what comes behind the last stored checkpoint, however many groups the segment has: checkpoints
    /// are stored in order, and a verifier and the next seal look at all of them.
    ///
    /// - Throws: `LedgerStoreError.damaged` when entries and boundaries do not fit: they are written in one
    ///   transaction.
    init(_ db: Database, _ segment: SegmentIdentity, size: UInt64) throws {
        let last = try SegmentContents.lastBoundary(db) ?? segment.firstIndex
        guard last == size else {
            throw SegmentContents.damaged(
                "The last boundary of the active segment is \(last), its entries end at \(size)")
        }
        let signed = try SegmentContents.lastCheckpoint(db, upTo: size)?.size
        signedSize = signed ?? segment.firstIndex
        let boundaries = try SegmentContents.boundaries(db, from: signedSize)
        guard signed == nil || boundaries.first == signed else {
            throw SegmentContents.damaged("The checkpoint of size \(signedSize) has no boundary")
        }
        var from = signedSize
        groups = boundaries.drop { $0 == signed }.map { boundary in
            defer { from = boundary }
            return from..<boundary
        }
    }
}
