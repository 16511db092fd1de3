import HTTPTypes
import Synchronization

/// What one request took from each quota, for the fields of its answer: `RateLimit-Policy` and `RateLimit` of
/// draft-ietf-httpapi-ratelimit-headers (structured fields, RFC 9651), and the platform's `X-RateLimit-Remaining`.
final class RateAccount: Sendable {
    private let states = Mutex<[RateLimitState]>([])

    func add(_ state: RateLimitState) { states.withLock { $0.append(state) } }

    func write(_ fields: inout HTTPFields) {
        let states = states.withLock { $0 }
        guard let least = states.map(\.remaining).min() else { return }
        fields[HeaderNames.rateLimitPolicy] = states.map { state in
            "\"\(state.limit.name.rawValue)\";q=\(state.limit.quota);w=\(RateLimit.window)"
        }.joined(separator: ", ")
        fields[HeaderNames.rateLimit] = states.map { state in
            "\"\(state.limit.name.rawValue)\";r=\(state.remaining);t=\(state.secondsUntilFull)"
        }.joined(separator: ", ")
        fields[HeaderNames.rateLimitRemaining] = String(least)
    }
}
