/// How it was established that a request is the person's own (Article 12(6) GDPR; § 1798.130(a)(7) CCPA).
public enum IdentityCheck: String, Sendable, CaseIterable {
    /// An answer from the address on record.
    case emailConfirmed = "EMAIL_CONFIRMED"
    case accountLogin = "ACCOUNT_LOGIN"
    case identityDocument = "IDENTITY_DOCUMENT"
    case knownInPerson = "KNOWN_IN_PERSON"
    /// Whoever acts for the person showed that they may.
    case authorizedAgent = "AUTHORIZED_AGENT"
    /// The right asks for no proof: an opt-out (11 CCR § 7026(d)).
    case notRequired = "NOT_REQUIRED"

    /// - Throws: `ValidationError` with code `invalid-identity-check`, listing the choices.
    public init(_ raw: String) throws(ValidationError) {
        guard let value = IdentityCheck(rawValue: raw) else {
            throw ValidationError(
                .invalidIdentityCheck,
                "The check is one of \(Self.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        self = value
    }
}
