import LedgerFormat
import Projections

/// What the entries of one group change, for decisions made before projections have them.
struct OverlayLayer: Sendable {
    /// All streams of a subject, those that the group did not touch too.
    var streams: [SubjectTag: SubjectStreams] = [:]
    var contacts: [SubjectTag: ContactHead] = [:]
    var contactIDs: Set<ContactID> = []
    var unique: Set<UniqueValue> = []
    var replays: [Digest32: InFlightReplay] = [:]

    func takes(_ id: ContactID, _ unique: UniqueValue?) -> Bool {
        contactIDs.contains(id) || unique.map { self.unique.contains($0) } ?? false
    }
}

/// A mutation whose group is not projected yet.
struct InFlightReplay: Sendable {
    let request: Digest32
    let receipt: MutationReceipt
}

/// The groups between commit and projection, newest last: as many layers as the pipeline has groups, so a
/// group's rollback and a group's end are each one removal.
///
/// Only the committer touches it. It drops layers before it opens its projection snapshot, so whatever is
/// gone from here is in there.
struct Overlay: Sendable {
    private var layers: [OverlayLayer] = []

    mutating func push(_ layer: OverlayLayer) { layers.append(layer) }

    mutating func dropOldest(_ count: Int) { layers.removeFirst(min(count, layers.count)) }

    mutating func removeAll() { layers.removeAll() }

    func newest<Value>(_ find: (OverlayLayer) -> Value?) -> Value? {
        for layer in layers.reversed() {
            if let value = find(layer) { return value }
        }
        return nil
    }
}
