public import ContactModel

/// A contact's data is given to a recipient.
public struct SharingCommand: Sendable {
    public var contact: EntityID
    public var draft: SharingDraft
    public var idempotency: MutationCommand.Idempotency?

    public init(
        contact: EntityID, draft: SharingDraft, idempotency: MutationCommand.Idempotency?
    ) {
        self.contact = contact
        self.draft = draft
        self.idempotency = idempotency
    }
}

/// Which sharings are asked for, the newest first.
public struct SharingQuery: Sendable {
    public enum Key: Sendable {
        case contact(EntityID)
        case recipient(RecipientID)
    }

    public var key: Key
    /// Of the page before; nil: from the newest on.
    public var cursor: UInt64?
    public var limit: Int

    /// Sharings of a page.
    public static let limits = 1...100

    public init(key: Key, cursor: UInt64?, limit: Int) {
        self.key = key
        self.cursor = cursor
        self.limit = limit
    }
}
