public import ContactModel
public import LedgerFormat

/// What a decision about a contact needs.
public struct ContactHead: Hashable, Sendable {
    public let subject: SubjectTag
    public let contactID: ContactID
    /// The join of those of its entries since it was last relabelled; of all ever, if it never was.
    public let label: String
    /// Position of the newest entry that is not an audit entry.
    public let version: UInt64

    public init(subject: SubjectTag, contactID: ContactID, label: String, version: UInt64) {
        self.subject = subject
        self.contactID = contactID
        self.label = label
        self.version = version
    }

    /// Whether somebody with this clearance may know of it.
    public func isThere(for clearance: Clearance) -> Bool {
        (try? SecurityLabel(label)).map(clearance.canRead) ?? false
    }

    /// Whether somebody with this clearance may have it forgotten.
    public func isErasable(by clearance: Clearance) -> Bool {
        (try? SecurityLabel(label)).map(clearance.canErase) ?? false
    }

    /// Its label once it has entries with these, too; nil: longer than a label can be.
    public func label(with labels: some Sequence<String>) -> String? {
        LabelText.join(label, labels)
    }
}
