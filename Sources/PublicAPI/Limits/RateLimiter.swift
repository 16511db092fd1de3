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

    /// The same without taking anything.
    func look(_ key: String, at now: Int64) -> RateLimitState {
        table.withLock { table in
            let full = max(table.young[key] ?? table.old[key] ?? now, now)
            let over = full + limit.interval - now - RateLimit.windowNanoseconds
            if over > 0 { table.set(full, key, capacity: capacity) }
            return RateLimitState(
                limit: limit,
                remaining: over > 0 ? 0 : Int(-over / limit.interval) + 1,
                untilFull: full - now, wait: over > 0 ? over : nil)
        }
    }

    /// Takes one whether there is one or not. A debt is paid like everything else, by waiting, ten windows at most.
    func charge(_ key: String, at now: Int64) {
        table.withLock { table in
            let full = max(table.young[key] ?? table.old[key] ?? now, now)
            let most = now + Self.windowsOfDebt * RateLimit.windowNanoseconds
            table.set(min(full + limit.interval, most), key, capacity: capacity)
        }
    }

    private static let windowsOfDebt: Int64 = 10

    var count: Int { table.withLock { $0.young.count + $0.old.count } }
}
