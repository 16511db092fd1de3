public import ContactModel
public import Foundation

/// One mutation, validated, with the client's name for it.
public struct MutationCommand: Sendable {
    public var operation: Operation
    public var idempotency: Idempotency?
    /// Of the contact as it was read; nil: whichever it is at.
    public var expectedVersion: UInt64?

    public init(
        operation: Operation, idempotency: Idempotency?, expectedVersion: UInt64? = nil
    ) {
        self.operation = operation
        self.idempotency = idempotency
        self.expectedVersion = expectedVersion
    }

    public enum Operation: Sendable {
        case createContact(ContactDraft)
        case addAttributes(Target, [AttributeDraft])
        case grantConsent(Target, ConsentDraft)
        /// Under this id.
        case recordSharing(EntityID, SharingDraft, of: Target)
        case revokeSharing(EntityID, of: Target)
    }

    /// Which contact a mutation changes.
    public enum Target: Sendable, Hashable {
        case contact(EntityID)
        /// The contact that the create at this position of the same batch makes.
        case created(at: Int)
    }

    public struct Idempotency: Sendable, Hashable {
        public let key: IdempotencyKey
        /// SHA-256 of the request, 32 bytes.
        public let digest: Data

        public init(key: IdempotencyKey, digest: Data) {
            self.key = key
            self.digest = digest
        }
    }

    var target: Target? {
        switch operation {
        case .createContact: nil
        case .addAttributes(let target, _), .grantConsent(let target, _): target
        case .recordSharing(_, _, let target), .revokeSharing(_, let target): target
        }
    }

    var createdContact: ContactDraft? {
        if case .createContact(let draft) = operation { draft } else { nil }
    }
}
