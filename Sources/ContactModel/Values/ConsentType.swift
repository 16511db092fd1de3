/// How a person expressed consent.
public enum ConsentType: String, Sendable, CaseIterable {
    case explicitOptIn = "EXPLICIT_OPT_IN"
    case doubleOptIn = "DOUBLE_OPT_IN"
    case softOptIn = "SOFT_OPT_IN"
    case optOut = "OPT_OUT"

    /// - Throws: `ValidationError` with code `invalid-consent-type`, listing the choices.
    public init(_ raw: String) throws(ValidationError) {
        guard let value = ConsentType(rawValue: raw) else {
            throw ValidationError(
                .invalidConsentType,
                "The consent type is one of \(Self.allCases.map(\.rawValue).joined(separator: ", "))."
            )
        }
        self = value
    }
}
