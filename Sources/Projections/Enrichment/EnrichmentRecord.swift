public import ContactModel
public import LedgerFormat

/// An enrichment as it stands; gone with its contact.
public struct EnrichmentRecord: Hashable, Sendable {
    public let id: EntityID
    public let subject: SubjectTag
    /// Of its `EnrichmentRequested`.
    public let position: UInt64
    /// Of all its entries.
    public let label: String
    /// In whose name its tickets are: they name its `EnrichmentRequested`.
    public let actor: String
    public let standing: EnrichmentCase

    public init(
        id: EntityID, subject: SubjectTag, position: UInt64, label: String, actor: String,
        standing: EnrichmentCase
    ) {
        self.id = id
        self.subject = subject
        self.position = position
        self.label = label
        self.actor = actor
        self.standing = standing
    }
}
