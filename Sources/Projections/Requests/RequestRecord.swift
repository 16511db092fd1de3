public import ContactModel
public import LedgerFormat

/// A data subject's request as it stands: it outlives the contact, and names a tag and nobody.
public struct RequestRecord: Hashable, Sendable {
    public let id: EntityID
    public let subject: SubjectTag
    /// Of its `DSRReceived`.
    public let position: UInt64
    /// Of its `DSRReceived`.
    public let label: String
    public let standing: DSRCase
    public let jurisdiction: String
    public let channel: String
    /// What an objection is about.
    public let purposeCodes: [String]
    /// Of its end, and of an extension.
    public let reasons: [String]

    /// Whether somebody with this clearance may know of it.
    public func isThere(for clearance: Clearance) -> Bool {
        (try? SecurityLabel(label)).map(clearance.canRead) ?? false
    }
}
