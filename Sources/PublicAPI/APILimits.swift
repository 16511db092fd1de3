/// Bounds on what comes in over HTTP, with their reasons.
public enum APILimits {
    /// A contact with 64 attributes of 4,096 bytes, JSON-escaped, fits.
    public static let bodyBytes = 1_024 * 1_024
    /// Objects in arrays in an object are 4 deep; the rest is room.
    public static let jsonDepth = 16
    /// A JWT with a certificate thumbprint and ten roles fits several times.
    public static let tokenBytes = 8_192
    /// Indexes and sizes in the ledger stay below 2^53 (FORMAT 1).
    public static let maxInteger: UInt64 = 9_007_199_254_740_991
    /// Clocks of clients run ahead a little.
    public static let clockSkewMicroseconds: Int64 = 300_000_000
}
