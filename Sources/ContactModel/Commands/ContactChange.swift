/// What a contact's address and name shall be from now on, validated.
public struct ContactChange: Hashable, Sendable {
    public let email: EmailAddress
    /// Nil: it has none any more.
    public let fullName: PersonName?

    public init(email: EmailAddress, fullName: PersonName?) {
        self.email = email
        self.fullName = fullName
    }
}
