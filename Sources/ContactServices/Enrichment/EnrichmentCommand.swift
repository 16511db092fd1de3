public import ContactModel

/// Vendors are to be asked about a contact.
public struct EnrichmentCommand: Sendable {
    public var contact: EntityID
    public var draft: EnrichmentDraft
    public var idempotency: MutationCommand.Idempotency?

    public init(
        contact: EntityID, draft: EnrichmentDraft, idempotency: MutationCommand.Idempotency?
    ) {
        self.contact = contact
        self.draft = draft
        self.idempotency = idempotency
    }
}

/// Which enrichments wait for a vendor, the newest first.
public struct EnrichmentQuery: Sendable {
    public var vendor: String
    /// Of the page before; nil: from the newest on.
    public var cursor: UInt64?
    public var limit: Int

    /// Enrichments of a page.
    public static let limits = 1...100

    public init(vendor: String, cursor: UInt64?, limit: Int) {
        self.vendor = vendor
        self.cursor = cursor
        self.limit = limit
    }
}
