import LedgerFormat
import LedgerStore
import Synchronization

/// A clock that tests set.
final class ManualClock: LedgerClock {
    private let microseconds: Atomic<Int64>

    /// 2026-01-01T00:00:00Z
    init(_ start: Int64 = 1_767_225_600_000_000) {
        microseconds = Atomic(start)
    }

    func now() -> LedgerTime {
        LedgerTime(microsecondsSince1970: microseconds.load(ordering: .relaxed)) ?? .earliest
    }

    func set(_ other: ManualClock) {
        microseconds.store(other.microseconds.load(ordering: .relaxed), ordering: .relaxed)
    }

    func advance(seconds: Double) {
        microseconds.wrappingAdd(Int64(seconds * 1_000_000), ordering: .relaxed)
    }
}
