public import ContactModel

/// Which page of a contact's provenance, oldest first.
public struct ProvenanceQuery: Sendable {
    public let contact: EntityID
    /// `ProvenanceView.next` of the page before; nil: the first.
    public let cursor: UInt64?
    public let limit: Int

    /// Records of a page.
    public static let limits = 1...100

    public init(contact: EntityID, cursor: UInt64?, limit: Int) {
        self.contact = contact
        self.cursor = cursor
        self.limit = limit
    }
}

/// What came from one source, the newest first.
public struct SourceQuery: Sendable {
    public let source: String
    public let cursor: UInt64?
    public let limit: Int

    public init(source: String, cursor: UInt64?, limit: Int) {
        self.source = source
        self.cursor = cursor
        self.limit = limit
    }
}
