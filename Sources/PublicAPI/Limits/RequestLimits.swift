import ContactServices

/// The limits that one gateway counts by.
final class RequestLimits: Sendable {
    private let address: RateLimiter
    private let principal: RateLimiter
    private let search: RateLimiter
    private let failures: RateLimiter
    private let now: @Sendable () -> Int64

    /// - Parameter now: nanoseconds of a clock that only goes forward.
    init(_ limits: RateLimits, now: @escaping @Sendable () -> Int64) {
        address = RateLimiter(RateLimit(name: .address, quota: max(1, limits.address)))
        principal = RateLimiter(RateLimit(name: .principal, quota: max(1, limits.principal)))
        search = RateLimiter(RateLimit(name: .search, quota: max(1, limits.search)))
        failures = RateLimiter(
            RateLimit(name: .failedAuthentication, quota: max(1, limits.failedAuthentication)))
        self.now = now
    }

    /// - Throws: `rate-limited`
    func count(address text: String, _ account: RateAccount) throws(ServiceError) {
        try count(address, ClientNetwork.of(text), account)
    }

    /// - Throws: `rate-limited`
    func count(
        principal subject: String, _ action: Action, _ account: RateAccount
    ) throws(ServiceError) {
        try count(principal, subject, account)
        switch action {
        // A request is filed by an address, too, and tells whether somebody has it.
        case .findContact, .readAudit, .fileRequest: try count(search, subject, account)
        default: break
        }
    }

    private func count(
        _ limiter: RateLimiter, _ key: String, _ account: RateAccount
    ) throws(ServiceError) {
        let state = limiter.take(key, at: now())
        if state.wait == nil { account.add(state) }
        try answer(state, account)
    }

    // MARK: - Tokens that do not count

    /// Counts a token before it is looked at, so that of many under way together no more are looked at than may fail.
    ///
    /// - Throws: `rate-limited` where the address has sent too many.
    func reserve(unknownTokenFrom text: String, _ account: RateAccount) throws(ServiceError) {
        try answer(failures.take(ClientNetwork.of(text), at: now()), account)
    }

    /// It counted, or would have in time.
    func giveBack(to text: String) { failures.giveBack(ClientNetwork.of(text)) }

    /// Of one that was known and not reserved for.
    func countFailure(of text: String) { failures.charge(ClientNetwork.of(text), at: now()) }

    private func answer(
        _ state: RateLimitState, _ account: RateAccount
    ) throws(ServiceError) {
        guard let seconds = state.retryAfter else { return }
        account.add(state)
        throw ServiceError(
            .rateLimited,
            "More than \(state.limit.quota) \(state.limit.name.what) a minute (\(state.limit.name.rawValue)); wait, then send it again.",
            retryAfter: max(1, seconds))
    }
}
