public import ContactModel
public import Foundation

/// One mutation, validated, with the client's name for it.
public struct MutationCommand: Sendable {
    public var operation: Operation
    public var idempotency: Idempotency?

    public init(operation: Operation, idempotency: Idempotency?) {
        self.operation = operation
        self.idempotency = idempotency
    }

    public enum Operation: Sendable {
        case createContact(ContactDraft)
        case addAttributes(Target, [AttributeDraft])
        case grantConsent(Target, ConsentDraft)
        case fileRequest(Target, RequestDraft)
        case workRequest(Target, RequestAnswer)
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
        case .addAttributes(let target, _), .grantConsent(let target, _),
            .fileRequest(let target, _), .workRequest(let target, _):
            target
        }
    }

    var createdContact: ContactDraft? {
        if case .createContact(let draft) = operation { draft } else { nil }
    }
}
