public import ContactModel
public import Foundation
public import LedgerFormat

/// Makes index values and contact ids again out of ciphertext, on catch-up and rebuild.
public protocol Reindexer: Sendable {
    /// - Returns: one answer per item, in order.
    func reindex(_ items: [ReindexItem]) async throws -> [ReindexedValue]
}

/// A ciphertext with what it is bound to (FORMAT 9).
public struct ReindexItem: Sendable {
    public let subject: SubjectTag
    public let entity: String
    public let field: String
    /// The value's own label.
    public let label: String
    public let value: EncryptedValue

    public init(
        subject: SubjectTag, entity: String, field: String, label: String, value: EncryptedValue
    ) {
        self.subject = subject
        self.entity = entity
        self.field = field
        self.label = label
        self.value = value
    }
}

public enum ReindexedValue: Sendable {
    /// Of field `email`.
    case index(Digest32)
    /// Of field `contactId`: 16 bytes.
    case contactID(Data)
    /// Of field `fullName`: 2 bytes for each word.
    case words(Data)
    /// The subject was erased.
    case unreadable
}
