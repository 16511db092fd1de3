import Foundation

/// Wall clock and the clock that nobody sets, in seconds, read together.
struct ClockReading: Sendable {
    let wall: TimeInterval
    let monotonic: TimeInterval

    static func take() -> ClockReading {
        ClockReading(wall: seconds(CLOCK_REALTIME), monotonic: seconds(CLOCK_MONOTONIC))
    }

    /// By how much the wall clock was set between the two.
    func leap(since earlier: ClockReading) -> TimeInterval {
        (wall - earlier.wall) - (monotonic - earlier.monotonic)
    }

    private static func seconds(_ clock: clockid_t) -> TimeInterval {
        var time = timespec()
        clock_gettime(clock, &time)
        return TimeInterval(time.tv_sec) + TimeInterval(time.tv_nsec) / 1e9
    }
}
