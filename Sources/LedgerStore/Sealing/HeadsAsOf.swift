import LedgerFormat
import Projections

/// Subject heads as they stood at an earlier size: the projections know today's, and each header names its
/// predecessor.
struct HeadsAsOf {
    let projections: ProjectionReader
    let library: SegmentLibrary
    let generation: UInt64

    /// In the order of FORMAT 5.2.
    func forEach(_ size: UInt64, _ body: (SubjectHeads.Head) throws -> Void) throws {
        try projections.forEachHead { head in
            if let head = try earlier(head, size) { try body(head) }
        }
    }

    private func earlier(
        _ head: SubjectHeads.Head, _ size: UInt64
    ) throws -> SubjectHeads.Head? {
        var index = head.lastIndex
        var version = head.version
        while index >= size {
            // Most subjects are new in the segment: nothing needs to be read to know that.
            guard version > 1 else { return nil }
            guard let header = try library.header(of: generation, at: index),
                header.subject == head.tag,
                header.stream == head.stream
            else { throw SegmentContents.damaged("Entry \(index) is not the head it is known as") }
            guard let previous = header.subjectPrevious else {
                throw SegmentContents.damaged("Entry \(index) names no predecessor")
            }
            index = previous
            version -= 1
        }
        return SubjectHeads.Head(
            tag: head.tag, stream: head.stream, lastIndex: index, version: version)
    }
}
