import Foundation

/// An entry as the segment stores it; its place is that of the row before, plus one.
struct SegmentRow: Sendable {
    let header: [UInt8]
    let payload: Data
}

/// A signed checkpoint's bytes with the size they speak of.
struct SizedNote: Sendable, Equatable {
    let size: UInt64
    let note: Data
}
