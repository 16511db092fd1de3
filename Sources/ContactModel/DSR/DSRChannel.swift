/// How a request came in.
public enum DSRChannel: String, Sendable, CaseIterable {
    case email = "EMAIL"
    case webForm = "WEB_FORM"
    case post = "POST"
    case phone = "PHONE"
    case inPerson = "IN_PERSON"
    case api = "API"
    /// Such as a Global Privacy Control (11 CCR § 7025).
    case preferenceSignal = "PREFERENCE_SIGNAL"
    /// Somebody who may act for the person.
    case agent = "AGENT"

    /// - Throws: `ValidationError` with code `invalid-channel`, listing the choices.
    public init(_ raw: String) throws(ValidationError) {
        guard let value = DSRChannel(rawValue: raw) else {
            throw ValidationError(
                .invalidChannel,
                "The channel is one of \(Self.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        self = value
    }
}
