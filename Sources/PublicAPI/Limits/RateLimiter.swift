import Synchronization

/// Counts requests by key, in a table of bounded size: the generic cell rate algorithm, which needs one time a key (ITU-T I.371).
///
/// Two halves: what is used moves into the young one, and when that is full the old one goes. Who is forgotten so has a full bucket again,
/// but to be forgotten takes as many other keys as a half holds.
final class RateLimiter: Sendable {
    /// When a key's bucket will be full, in nanoseconds of the clock.
    private struct Table {
        var young: [String: Int64] = [:]
        var old: [String: Int64] = [:]

        mutating func set(_ time: Int64, _ key: String, capacity: Int) {
            if young[key] == nil {
                old[key] = nil
                if young.count >= capacity {
                    old = young
                    young = [:]
                }
            }
            young[key] = time
        }
    }

    /// Some 4 MiB in both halves.
    static let keysPerHalf = 16_384

    let limit: RateLimit
    private let capacity: Int
    private let table = Mutex(Table())

    init(_ limit: RateLimit, capacity: Int = RateLimiter.keysPerHalf) {
        self.limit = limit
        self.capacity = capacity
    }

    /// One request of `key`.
    /// - Parameter now: nanoseconds of a clock that only goes forward.
    func take(_ key: String, at now: Int64) -> RateLimitState {
        table.withLock { table in
            let full = max(table.young[key] ?? table.old[key] ?? now, now)
            let next = full + limit.interval
            guard next - now <= RateLimit.windowNanoseconds else {
                // Who is refused stays known as long as it asks.
                table.set(full, key, capacity: capacity)
                return RateLimitState(
                    limit: limit, remaining: 0, untilFull: full - now,
                    wait: next - now - RateLimit.windowNanoseconds)
            }
            table.set(next, key, capacity: capacity)
            return RateLimitState(
                limit: limit,
                remaining: Int((RateLimit.windowNanoseconds - (next - now)) / limit.interval),
                untilFull: next - now, wait: nil)
        }
    }

    /// Undoes one `take`.
    func giveBack(_ key: String) {
        table.withLock { table in
            guard let full = table.young[key] ?? table.old[key] else { return }
            table.set(full - limit.interval, key, capacity: capacity)
        }
    }

    /// Takes one where there is one: nobody owes more than a window.
    func charge(_ key: String, at now: Int64) {
        table.withLock { table in
            let full = max(table.young[key] ?? table.old[key] ?? now, now)
            let most = now + RateLimit.windowNanoseconds
            table.set(min(full + limit.interval, most), key, capacity: capacity)
        }
    }

    var count: Int { table.withLock { $0.young.count + $0.old.count } }
}
