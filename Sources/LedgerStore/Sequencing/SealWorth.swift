import ContactModel
import LedgerFormat

/// Whether a segment holds anything that a seal should pin: any entry but those of streams `key` and
/// `segment`, and the audit entry that stands directly behind a `SegmentSealed`. Without the latter
/// exception every seal would leave something to seal.
struct SealWorth: Sendable {
    private(set) var isWorthy = false
    private var followsSeal = false

    mutating func add(_ header: EntryHeader) {
        let isSealAudit = followsSeal && header.stream == .audit
        followsSeal = header.stream == .segment && header.type == SegmentSealed.type
        if header.stream != .key, header.stream != .segment, !isSealAudit { isWorthy = true }
    }
}
