public import Foundation

/// What a step of an enrichment may do that has no caller: the keeper grants it to whoever shows it the receipt of the
/// `EnrichmentRequested` that it follows from (FORMAT 9.4).
public struct TicketGrant: Hashable, Sendable {
    /// Of the log that the keeper signed for when it granted it.
    public let origin: String
    /// Of the `EnrichmentRequested`.
    public let generation: UInt64
    public let index: UInt64
    /// Tag of the contact that it reaches, and no other: 16 bytes.
    public let subject: Data
    /// `enrichmentId` of the entry.
    public let enrichment: EntityID
    /// As the entry states it.
    public let purpose: String
    /// Of the entry: what is read is dominated by it, what is made bears it.
    public let label: SecurityLabel
    /// Whose answer it brings in; nil: it takes the enrichment further.
    public let vendor: String?
    /// Which attempt at that vendor; 0 where there is none.
    public let attempt: Int
    /// In whole seconds.
    public let expiresAt: Date

    /// Seconds from its issue to its end.
    public static let lifetime: Int64 = 600

    public init(
        origin: String, generation: UInt64, index: UInt64, subject: Data, enrichment: EntityID,
        purpose: String, label: SecurityLabel, vendor: String?, attempt: Int, expiresAt: Date
    ) {
        self.origin = origin
        self.generation = generation
        self.index = index
        self.subject = subject
        self.enrichment = enrichment
        self.purpose = purpose
        self.label = label
        self.vendor = vendor
        self.attempt = attempt
        self.expiresAt = expiresAt
    }

    /// Becomes the `actor` of entries: the entry that gives the authority, `ticket:GENERATION.INDEX`.
    public var actor: String { TicketActor.name(generation: generation, index: index) }
}
