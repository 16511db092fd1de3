public import ContactModel

/// One page of where a contact's attributes came from, oldest first.
public struct ProvenanceView: Sendable, Equatable {
    public let contact: EntityID
    public let records: [ProvenanceRecordView]
    /// Cursor of the next page; nil: there is none.
    public let next: UInt64?
    /// Entries were left out that the caller is not cleared for.
    public let isPartial: Bool
}

/// One page of what came from a source, the newest first.
public struct SourceView: Sendable, Equatable {
    public struct Row: Sendable, Equatable {
        public let contact: EntityID
        public let record: ProvenanceRecordView
    }

    public let rows: [Row]
    /// Cursor of the next page; nil: there is none.
    public let next: UInt64?
}
