import HTTPTypes

/// Header names that HTTPTypes has no constant for.
enum HeaderNames {
    static let requestID = name("X-Request-ID")
    static let purpose = name("X-Purpose")
    static let idempotencyKey = name("Idempotency-Key")
    static let idempotentReplayed = name("Idempotent-Replayed")
    static let jwsSignature = name("X-JWS-Signature")
    static let link = name("Link")
    static let prefer = name("Prefer")
    static let preferenceApplied = name("Preference-Applied")
    static let vary = name("Vary")
    static let signatureInput = name("Signature-Input")
    static let signature = name("Signature")
    static let referrerPolicy = name("Referrer-Policy")
    static let rateLimit = name("RateLimit")
    static let rateLimitPolicy = name("RateLimit-Policy")
    static let rateLimitRemaining = name("X-RateLimit-Remaining")
    static let traceparent = name("traceparent")
    static let callbackToken = name("Callback-Token")

    /// Each constant above is a header name, which a test checks; the fallback never comes about.
    private static func name(_ text: String) -> HTTPField.Name {
        HTTPField.Name(text) ?? .via
    }
}
