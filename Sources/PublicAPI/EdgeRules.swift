public import ContactModel
import NIOCore

/// What the site decides about its edge.
public struct EdgeRules: Sendable {
    /// Whether what operators do needs a token that is bound to the connection's client certificate.
    public var operatorsNeedCertificates = false
    /// How the server's certificates are; asked for each `/readyz`.
    public var certificates: @Sendable () -> CertificateCondition = { .current }
    /// How what tokens are checked with is; asked for each `/readyz`.
    public var credentials: @Sendable () async -> CredentialCondition = { .current }
    public var rateLimits = RateLimits()
    /// Asked of vendors about every new contact; nil: nothing.
    public var enrichment: EnrichmentDraft?
    /// Authentication failures are folded for so long before they are recorded.
    public var refusalWindow: Duration = .seconds(10)
    /// Nanoseconds of a clock that only goes forward.
    public var now: @Sendable () -> Int64 = { Int64(clamping: NIODeadline.now().uptimeNanoseconds) }

    public init() {}
}
