import GRDB
import LedgerFormat

/// The commit groups of the active segment that have no stored checkpoint, and the size before them.
struct Boundaries {
    let signedSize: UInt64
    /// Ascending, contiguous, from `signedSize` to the end.
    let groups: [Range<UInt64>]

    /// - Throws: `LedgerStoreError.damaged` when entries and boundaries do not fit: they are written in one
    ///   transaction.
    init(_ db: Database, _ segment: SegmentIdentity, size: UInt64) throws {
        let all = try SegmentContents.boundaries(db)
        guard (all.last ?? segment.firstIndex) == size, all.first ?? .max > segment.firstIndex
        else {
            throw SegmentContents.damaged(
                "The last boundary of the active segment is \(all.last ?? segment.firstIndex), its entries "
                    + "end at \(size)")
        }
        let unsigned = try SegmentContents.unsignedBoundaries(db)
        guard let first = unsigned.first, let position = all.firstIndex(of: first) else {
            signedSize = size
            groups = []
            return
        }
        guard Array(all[position...]) == unsigned else {
            throw SegmentContents.damaged("A boundary before a signed one has no checkpoint")
        }
        var from = position > 0 ? all[position - 1] : segment.firstIndex
        signedSize = from
        groups = unsigned.map { boundary in
            defer { from = boundary }
            return from..<boundary
        }
    }
}
