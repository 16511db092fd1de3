/// A value that breaks a rule of the model: which rule, in words that name the next step, and where.
///
/// The message never repeats the value, which may be personal data.
public struct ValidationError: Error, Equatable, Sendable {
    public var code: Code
    /// For a person: the rule, and how to satisfy it.
    public var message: String
    /// RFC 6901 pointer into the request body, `""` for the value itself; callers prepend where they are.
    public var pointer: String

    public init(_ code: Code, _ message: String, pointer: String = "") {
        self.code = code
        self.message = message
        self.pointer = pointer
    }

    /// The same error, seen from one level further out.
    public func at(_ prefix: String) -> ValidationError {
        ValidationError(code, message, pointer: prefix + pointer)
    }

    /// Stable names; the public API shows them as problem codes.
    public enum Code: String, Sendable, CaseIterable {
        case invalidEmail = "invalid-email"
        case invalidName = "invalid-name"
        case invalidPurpose = "invalid-purpose"
        case invalidConsentType = "invalid-consent-type"
        case invalidLegalBasis = "invalid-legal-basis"
        case invalidConsents = "invalid-consents"
        case invalidAttributeType = "invalid-attribute-type"
        case invalidAttributeValue = "invalid-attribute-value"
        case invalidAttributes = "invalid-attributes"
        case invalidConfidence = "invalid-confidence"
        case invalidSource = "invalid-source"
        case invalidValidity = "invalid-validity"
        case invalidTimestamp = "invalid-timestamp"
        case invalidID = "invalid-id"
        case invalidRequestID = "invalid-request-id"
        case invalidIdempotencyKey = "invalid-idempotency-key"
        case invalidReference = "invalid-ref"
        case invalidLabel = "invalid-label"
        case invalidReason = "invalid-reason"
        case invalidRecipient = "invalid-recipient"
        case invalidJurisdiction = "invalid-jurisdiction"
        case invalidChannel = "invalid-channel"
        case invalidIdentityCheck = "invalid-identity-check"
        case invalidWords = "invalid-words"
        case invalidAttempts = "invalid-attempts"
    }
}

/// Runs `body` and moves any validation error under `pointer`.
public func validating<Value>(
    at pointer: String, _ body: () throws(ValidationError) -> Value
) throws(ValidationError) -> Value {
    do { return try body() } catch { throw error.at(pointer) }
}
