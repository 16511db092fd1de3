/// A contact to be created, validated.
public struct ContactDraft: Hashable, Sendable {
    public let email: EmailAddress
    public let fullName: PersonName?
    /// 1…16; the first is the one given beside the email.
    public let consents: [ConsentDraft]
    /// 0…64.
    public let attributes: [AttributeDraft]
    /// Of email and name; what else comes along bears it, too, unless it says otherwise.
    public let label: SecurityLabel

    /// - Throws: `ValidationError` with code `invalid-consents` or `invalid-attributes` when there are too many.
    public init(
        email: EmailAddress, fullName: PersonName?, consents: [ConsentDraft],
        attributes: [AttributeDraft], label: SecurityLabel = .default
    ) throws(ValidationError) {
        guard (1...ModelLimits.consentsPerRequest).contains(consents.count) else {
            throw ValidationError(
                .invalidConsents, "A contact comes with 1 to 16 consents.", pointer: "/consents")
        }
        guard attributes.count <= ModelLimits.attributesPerRequest else {
            throw ValidationError(
                .invalidAttributes, "A request carries at most 64 attributes.",
                pointer: "/attributes")
        }
        self.email = email
        self.fullName = fullName
        self.consents = consents
        self.attributes = attributes
        self.label = label
    }
}
