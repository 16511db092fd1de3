/// Why somebody's data has to be kept. Coded: it stands in clear and survives an erasure.
public enum LegalHoldReason: String, Sendable, CaseIterable {
    case courtOrder = "COURT_ORDER"
    case authorityOrder = "AUTHORITY_ORDER"
    /// Article 17(3)(e) GDPR.
    case legalClaims = "LEGAL_CLAIMS"
    /// Article 17(3)(b) GDPR: a law says how long.
    case statutoryRetention = "STATUTORY_RETENTION"

    /// - Throws: `ValidationError` with code `invalid-reason`, listing the choices.
    public init(_ raw: String) throws(ValidationError) {
        guard let value = LegalHoldReason(rawValue: raw) else {
            throw ValidationError(
                .invalidReason,
                "The reason of a hold is one of \(Self.allCases.map(\.rawValue).joined(separator: ", "))."
            )
        }
        self = value
    }
}
