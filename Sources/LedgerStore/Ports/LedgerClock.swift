import Foundation
public import LedgerFormat

/// The real-time clock, so that tests can set it.
public protocol LedgerClock: Sendable {
    func now() -> LedgerTime
}

public struct SystemLedgerClock: LedgerClock {
    public init() {}

    public func now() -> LedgerTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LedgerTime(
            clampingSeconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }
}
