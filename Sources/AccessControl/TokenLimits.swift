/// Bounds on what is read from a token or a key set before and after its signature is checked.
enum TokenLimits {
    /// A token of the development issuer has about 500 bytes; HTTP servers stop at 8 KiB of headers anyway.
    static let tokenBytes = 8 * 1_024
    static let keyIDBytes = 128
    /// `[A-Za-z0-9._:-]{1,64}`: becomes `actor` in entry headers (FORMAT 2.1).
    static let subjectBytes = 64
    static let tokenIDBytes = 256
    static let roles = 64
    static let keySetBytes = 256 * 1_024
    static let keys = 64
    static let minRSABits = 4_096
    /// A signature check grows with the square of this.
    static let maxRSABits = 8_192
    /// Verified tokens remembered, in two halves of this size: some 2 MiB in all.
    static let cachedTokensPerHalf = 5_000
    /// From `iat` to `exp`. A long-lived token is refused whoever signed it: whoever denies it must know that it exists. A day is the most that `chancery token` gives.
    static let maxLifetimeSeconds = 86_400.0
    /// Clocks on one machine do not differ; more leeway would only lengthen a token's life.
    static let maxLeewaySeconds = 120.0
}
