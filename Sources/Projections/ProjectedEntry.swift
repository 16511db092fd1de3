public import LedgerFormat

/// An entry of the ledger on its way into the read tables.
public struct ProjectedEntry: Sendable {
    public let header: EntryHeader
    public let leafHash: Digest32
    public let event: ProjectedEvent
    /// With a `ContactCreated` or `ContactUpdated`. Nil there means that the keeper can read it no more: the subject was
    /// erased, and no contact is projected.
    public let side: SideInformation?

    public init(
        header: EntryHeader, leafHash: Digest32, event: ProjectedEvent, side: SideInformation?
    ) {
        self.header = header
        self.leafHash = leafHash
        self.event = event
        self.side = side
    }
}
