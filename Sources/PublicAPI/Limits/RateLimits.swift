/// How many requests a minute are answered. All are at least 1.
///
/// The defaults let two cores' work through: 10,000 a second are more than they do, so what they stop is only who asks much faster than
/// it is answered. A bulk stream counts as one request.
public struct RateLimits: Sendable, Equatable {
    /// Of one address, counted before anything is verified; of a /64 for IPv6, since a client has one of them.
    public var address = 600_000
    /// Of one principal, whatever it asks.
    public var principal = 600_000
    /// Of one principal, for exact-match search, where whoever asks for address after address learns who is known here, and for the audit
    /// trail, of which a page may look through a quarter of a million rows.
    public var search = 3_000

    /// Of one address: requests whose token did not count. Beyond it none is verified that was not before: a signature check costs a thousand
    /// times what a refusal does. Whoever has a token that counts already goes on.
    public var failedAuthentication = 120

    public init() {}
}
