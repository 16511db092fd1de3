import Synchronization

/// Committed groups that wait for the projector.
final class ProjectionQueue: Sendable {
    private let groups = Mutex<[CommittedGroup]>([])
    /// Rings at least once after the last addition.
    let bell: AsyncStream<Void>
    private let ring: AsyncStream<Void>.Continuation

    init() {
        (bell, ring) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func add(_ group: CommittedGroup) {
        groups.withLock { $0.append(group) }
        ring.yield()
    }

    func finish() { ring.finish() }

    /// The oldest groups that are one kind, those found on disk or those of this process, with together at most
    /// `entries` entries or one group.
    func take(atMost entries: Int) -> [CommittedGroup] {
        groups.withLock { groups in
            guard let first = groups.first else { return [] }
            var count = 0
            var total = 0
            for group in groups {
                total += group.entries.count
                guard count == 0 || (total <= entries && group.isRecovered == first.isRecovered)
                else { break }
                count += 1
            }
            defer { groups.removeFirst(count) }
            return Array(groups.prefix(count))
        }
    }
}
