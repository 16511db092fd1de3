/// How a recipient was told. Coded: it stands in clear and survives an erasure.
public enum NoticeChannel: String, Sendable, CaseIterable {
    case api = "API"
    case email = "EMAIL"
    case post = "POST"
    case phone = "PHONE"
    case portal = "PORTAL"
    case inPerson = "IN_PERSON"

    /// - Throws: `ValidationError` with code `invalid-channel`, listing the choices.
    public init(_ raw: String) throws(ValidationError) {
        guard let value = NoticeChannel(rawValue: raw) else {
            throw ValidationError(
                .invalidChannel,
                "The channel is one of \(Self.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        self = value
    }
}
