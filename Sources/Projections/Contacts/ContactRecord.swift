public import ContactModel

/// A contact as it stands today, still encrypted.
public struct ContactRecord: Hashable, Sendable {
    public let head: ContactHead
    /// Position of its `ContactCreated`.
    public let created: UInt64
    /// The label that `email` and `fullName` are bound to.
    public let boundLabel: String
    /// UUID that `email` and `fullName` are bound to.
    public let entity: String
    /// FORMAT 2.1 time.
    public let createdAt: String
    public let updatedAt: String
    public let email: EncryptedValue
    public let fullName: EncryptedValue?
    /// Current ones, one per type, oldest first.
    public let attributes: [AttributeRecord]
    /// Oldest first.
    public let consents: [ConsentRecord]
    /// Kept, and used for little else (Article 18 GDPR).
    public let isRestricted: Bool
    /// Oldest first.
    public let objections: [ObjectionRecord]

    /// Whether somebody with this clearance may know of it: the current label counts, and every one that a value is bound to.
    public func isThere(for clearance: Clearance) -> Bool {
        head.isThere(for: clearance)
            && Set(attributes.map(\.label) + [boundLabel]).allSatisfy {
                (try? SecurityLabel($0)).map(clearance.canRead) ?? false
            }
    }
}
