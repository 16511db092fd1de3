public import ContactModel

extension ServiceError {
    /// Stable names, shown as `urn:chancery:problem:<code>` and as the audit entry's reason.
    public enum Code: String, Sendable, CaseIterable {
        // The request is not in the shape the route takes.
        case malformedHTTP = "malformed-http"
        case malformedJSON = "malformed-json"
        case invalidUTF8 = "invalid-utf8"
        case notAnObject = "not-an-object"
        case tooDeep = "too-deep"
        case unknownField = "unknown-field"
        case duplicateField = "duplicate-field"
        case missingField = "missing-field"
        case wrongType = "wrong-type"
        case missingParameter = "missing-parameter"
        case invalidParameter = "invalid-parameter"
        case unknownOperation = "unknown-operation"
        case missingPurpose = "missing-purpose"
        case missingIdempotencyKey = "missing-idempotency-key"
        case invalidRequestID = "invalid-request-id"
        case invalidIdempotencyKey = "invalid-idempotency-key"
        case truncatedBody = "truncated-body"
        case tooLarge = "too-large"
        case unsupportedMediaType = "unsupported-media-type"
        case methodNotAllowed = "method-not-allowed"
        case notAcceptable = "not-acceptable"

        // The request is well formed and says something that cannot be.
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
        case invalidRef = "invalid-ref"
        case invalidLabel = "invalid-label"
        case invalidReason = "invalid-reason"
        case invalidRecipient = "invalid-recipient"
        case invalidJurisdiction = "invalid-jurisdiction"
        case invalidChannel = "invalid-channel"
        case invalidIdentityCheck = "invalid-identity-check"
        case invalidWords = "invalid-words"
        case invalidAttempts = "invalid-attempts"
        case invalidOutcome = "invalid-outcome"
        /// Values that a vendor sent are about another person.
        case subjectMismatch = "subject-mismatch"
        case invalidPolicies = "invalid-policies"
        case policiesLockOut = "policies-lock-out"
        case idempotencyMismatch = "idempotency-mismatch"
        case unknownRef = "unknown-ref"
        case tooManyRefs = "too-many-refs"
        case duplicateRef = "duplicate-ref"
        case failedRef = "failed-ref"

        // Who asks, and what there is.
        case unauthenticated
        case certificateMismatch = "certificate-mismatch"
        case certificateRequired = "certificate-required"
        case signatureNotAccepted = "signature-not-accepted"
        case forbidden
        /// A relabel that would take secrecy or trust away.
        case labelLowered = "label-lowered"
        case purposeNotCovered = "purpose-not-covered"
        case notFound = "not-found"
        case duplicateEmail = "duplicate-email"
        case nothingToSeal = "nothing-to-seal"
        case conflict
        /// A step of a data subject's request that does not lead on from where that stands.
        case illegalStep = "illegal-step"
        /// A vendor tells of somebody who was erased.
        case suppressed
        /// The contact's processing is restricted (Article 18 GDPR).
        case processingRestricted = "processing-restricted"
        /// The person objects to automated merging (Article 22 GDPR).
        case objected
        /// A hold keeps the contact from being erased.
        case legalHold = "legal-hold"
        case preconditionFailed = "precondition-failed"
        case preconditionRequired = "precondition-required"

        case rateLimited = "rate-limited"

        // It is on our side.
        case overloaded
        case ledgerUnavailable = "ledger-unavailable"
        case keeperUnavailable = "keeper-unavailable"
        case outcomeUnknown = "outcome-unknown"
        case unreadable
        case internalError = "internal-error"

        /// Every validation code has its namesake here (a test holds both lists together).
        public init(_ code: ValidationError.Code) {
            self = Code(rawValue: code.rawValue) ?? .internalError
        }

        /// How audit entries file it (FORMAT 9.1): upper case with underscores.
        var auditOutcome: String {
            rawValue.uppercased().split(separator: "-").joined(separator: "_")
        }

        public var kind: Kind {
            switch self {
            case .malformedHTTP, .malformedJSON, .invalidUTF8, .notAnObject, .tooDeep,
                .unknownField,
                .duplicateField,
                .missingField, .wrongType, .missingParameter, .invalidParameter, .unknownOperation,
                .missingPurpose, .missingIdempotencyKey, .invalidRequestID, .invalidIdempotencyKey,
                .truncatedBody:
                .malformed
            case .tooLarge: .tooLarge
            case .unsupportedMediaType: .unsupportedMediaType
            case .methodNotAllowed: .methodNotAllowed
            case .notAcceptable: .notAcceptable
            case .invalidEmail, .invalidName, .invalidPurpose, .invalidConsentType,
                .invalidLegalBasis, .invalidConsents, .invalidAttributeType, .invalidAttributeValue,
                .invalidAttributes, .invalidConfidence, .invalidSource, .invalidValidity,
                .invalidTimestamp, .invalidID, .invalidRef, .invalidLabel, .invalidReason,
                .invalidRecipient, .invalidPolicies, .policiesLockOut,
                .invalidJurisdiction, .invalidChannel, .invalidIdentityCheck, .invalidWords,
                .invalidAttempts, .invalidOutcome, .subjectMismatch,
                .idempotencyMismatch, .unknownRef, .tooManyRefs:
                .unprocessable
            case .failedRef: .failedDependency
            case .unauthenticated, .certificateMismatch, .certificateRequired: .unauthenticated
            case .forbidden, .labelLowered, .purposeNotCovered, .signatureNotAccepted,
                .processingRestricted, .objected:
                .forbidden
            case .notFound: .notFound
            case .rateLimited: .tooManyRequests
            case .duplicateEmail, .duplicateRef, .nothingToSeal, .conflict, .illegalStep,
                .suppressed, .legalHold:
                .conflict
            case .preconditionFailed: .preconditionFailed
            case .preconditionRequired: .preconditionRequired
            case .overloaded, .ledgerUnavailable, .keeperUnavailable, .outcomeUnknown: .unavailable
            case .unreadable, .internalError: .internal
            }
        }
    }

    /// What kind of answer a code calls for; the public API gives each a status.
    public enum Kind: Sendable, CaseIterable {
        case malformed, unprocessable, tooLarge, unsupportedMediaType, methodNotAllowed
        case notAcceptable
        case unauthenticated, forbidden, notFound, conflict, failedDependency, tooManyRequests
        case preconditionFailed, preconditionRequired
        case unavailable, `internal`
    }
}
