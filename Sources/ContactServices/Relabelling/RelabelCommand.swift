public import ContactModel

/// Another label for a contact, and why.
public struct RelabelCommand: Sendable {
    public var contact: EntityID
    public var label: SecurityLabel
    public var reason: RelabelReason
    public var idempotency: MutationCommand.Idempotency?
    public var precondition: MutationCommand.Precondition?

    public init(
        contact: EntityID, label: SecurityLabel, reason: RelabelReason,
        idempotency: MutationCommand.Idempotency?,
        precondition: MutationCommand.Precondition? = nil
    ) {
        self.contact = contact
        self.label = label
        self.reason = reason
        self.idempotency = idempotency
        self.precondition = precondition
    }
}
