import ContactModel
import Synchronization

/// Which enrichments could not go on, and when they are looked at again: one that never can must neither keep others waiting nor fill the
/// audit trail with its refusals. Known to one gateway, until it ends.
final class EnrichmentPauses: Sendable {
    private struct Pause {
        var length: Duration
        var until: ContinuousClock.Instant
    }

    private let pauses = Mutex<[EntityID: Pause]>([:])

    func isPaused(_ id: EntityID, at now: ContinuousClock.Instant) -> Bool {
        pauses.withLock { $0[id].map { now < $0.until } ?? false }
    }

    func wentOn(_ id: EntityID) { pauses.withLock { _ = $0.removeValue(forKey: id) } }

    func failed(_ id: EntityID, at now: ContinuousClock.Instant) {
        pauses.withLock { pauses in
            let length = min(
                pauses[id].map { $0.length * 2 } ?? ServiceLimits.enrichmentPause,
                ServiceLimits.enrichmentPauseMost)
            if pauses.count >= ServiceLimits.pausedEnrichments, pauses[id] == nil { pauses = [:] }
            pauses[id] = Pause(length: length, until: now + length)
        }
    }
}
