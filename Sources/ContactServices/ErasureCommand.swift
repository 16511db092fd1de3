public import ContactModel

/// Whom to forget, and what the contact has to be for it.
public struct ErasureCommand: Sendable {
    public let contact: EntityID
    /// `ContactView.version` that it was decided on; nil: whatever it is.
    public let version: UInt64?

    public init(contact: EntityID, version: UInt64? = nil) {
        self.contact = contact
        self.version = version
    }
}
