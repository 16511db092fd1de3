/// Article 6(1) GDPR, letters a to f.
public enum LegalBasis: String, Sendable, CaseIterable {
    case consent = "GDPR_ART6_1A"
    case contract = "GDPR_ART6_1B"
    case legalObligation = "GDPR_ART6_1C"
    case vitalInterests = "GDPR_ART6_1D"
    case publicInterest = "GDPR_ART6_1E"
    case legitimateInterests = "GDPR_ART6_1F"

    /// - Throws: `ValidationError` with code `invalid-legal-basis`.
    public init(_ raw: String) throws(ValidationError) {
        guard let value = LegalBasis(rawValue: raw) else {
            throw ValidationError(
                .invalidLegalBasis, "The legal basis is one of GDPR_ART6_1A to GDPR_ART6_1F.")
        }
        self = value
    }
}
