/// What is left of a quota after one request.
struct RateLimitState: Sendable, Equatable {
    let limit: RateLimit
    let remaining: Int
    /// Nanoseconds until the whole quota is there again.
    let untilFull: Int64
    /// Nanoseconds until one more request is answered; nil: this one was.
    let wait: Int64?

    /// In whole seconds, rounded up, so that whoever waits for so long is answered.
    var retryAfter: Int? { wait.map(Self.seconds) }
    var secondsUntilFull: Int { Self.seconds(untilFull) }

    private static func seconds(_ nanoseconds: Int64) -> Int {
        Int((nanoseconds + 999_999_999) / 1_000_000_000)
    }
}
