/// So many requests in a window, for each principal or address. A bucket that fills evenly: `quota` at once, then one
/// each `window / quota`.
public struct RateLimit: Sendable, Equatable {
    /// Seconds.
    public static let window = 60

    /// As `RateLimit-Policy` tells it.
    let name: Name
    /// At least 1.
    let quota: Int

    enum Name: String, Sendable {
        case address, principal, search
        case failedAuthentication = "failed-authentication"

        /// What of it is counted.
        var what: String { self == .failedAuthentication ? "tokens that do not count" : "requests" }
    }

    /// Between two requests, once the bucket is empty; in nanoseconds.
    var interval: Int64 { max(1, Self.windowNanoseconds / Int64(quota)) }

    static let windowNanoseconds = Int64(window) * 1_000_000_000
}
