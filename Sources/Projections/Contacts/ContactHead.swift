public import LedgerFormat

/// What a decision about a contact needs.
public struct ContactHead: Hashable, Sendable {
    public let subject: SubjectTag
    public let contactID: ContactID
    public let label: String
    /// Position of the newest entry that is not an audit entry.
    public let version: UInt64

    public init(subject: SubjectTag, contactID: ContactID, label: String, version: UInt64) {
        self.subject = subject
        self.contactID = contactID
        self.label = label
        self.version = version
    }
}
