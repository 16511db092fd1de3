import ContactServices

/// The limits that one gateway counts by.
final class RequestLimits: Sendable {
    private let address: RateLimiter
    private let principal: RateLimiter
    private let search: RateLimiter
    private let now: @Sendable () -> Int64

    /// - Parameter now: nanoseconds of a clock that only goes forward.
    init(_ limits: RateLimits, now: @escaping @Sendable () -> Int64) {
        address = RateLimiter(RateLimit(name: .address, quota: max(1, limits.address)))
        principal = RateLimiter(RateLimit(name: .principal, quota: max(1, limits.principal)))
        search = RateLimiter(RateLimit(name: .search, quota: max(1, limits.search)))
        self.now = now
    }

    /// - Throws: `rate-limited`
    func count(address text: String, _ account: RateAccount) throws(ServiceError) {
        try count(address, Self.network(of: text), account)
    }

    /// - Throws: `rate-limited`
    func count(
        principal subject: String, _ action: Action, _ account: RateAccount
    ) throws(ServiceError) {
        try count(principal, subject, account)
        if action == .findContact || action == .readAudit { try count(search, subject, account) }
    }

    private func count(
        _ limiter: RateLimiter, _ key: String, _ account: RateAccount
    ) throws(ServiceError) {
        let state = limiter.take(key, at: now())
        account.add(state)
        guard let seconds = state.retryAfter else { return }
        throw ServiceError(
            .rateLimited,
            "More than \(limiter.limit.quota) requests a minute (\(limiter.limit.name.rawValue)); wait, then send it again.",
            retryAfter: max(1, seconds))
    }

    /// An IPv4 address as it is; of an IPv6 one the first 64 bits, its first four groups.
    static func network(of address: String) -> String {
        guard address.contains(":") else { return address }
        let halves = address.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        var groups = halves[0].split(separator: ":")
        if halves.count == 2 {
            let tail = halves[1].split(separator: ":").count
            groups += [Substring](repeating: "0", count: max(0, 8 - groups.count - tail))
            groups += halves[1].split(separator: ":")
        }
        return groups.prefix(4).joined(separator: ":") + "::/64"
    }
}
