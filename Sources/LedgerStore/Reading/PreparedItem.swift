public import Projections

/// What a decision about a mutation needs to know.
public struct PrepareItem: Sendable {
    public var idempotency: [IdempotencyTag]
    public var unique: [UniqueValue]
    public var contactID: ContactID?

    public init(idempotency: [IdempotencyTag], unique: [UniqueValue], contactID: ContactID?) {
        self.idempotency = idempotency
        self.unique = unique
        self.contactID = contactID
    }
}

public enum PreparedItem: Sendable {
    /// The idempotency key is known.
    case replay(MutationReceipt)
    /// `idempotencyMismatch`, `conflict` or `notFound`.
    case refused(LedgerStoreError)
    case contact(ContactHead)
    /// Nothing stands in the way and no contact was asked for.
    case clear
}
