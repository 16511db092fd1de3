public import ContactModel
public import Foundation

/// One mutation, validated, with the client's name for it.
public struct MutationCommand: Sendable {
    public var operation: Operation
    public var idempotency: Idempotency?
    /// What the contact has to be for it (`If-Match`).
    public var precondition: Precondition?
    /// What is in force of the contact has to cover the purpose of the request.
    public var needsCover = false

    public init(
        operation: Operation, idempotency: Idempotency?, precondition: Precondition? = nil
    ) {
        self.operation = operation
        self.idempotency = idempotency
        self.precondition = precondition
    }

    public enum Operation: Sendable {
        case createContact(ContactDraft)
        case addAttributes(Target, [AttributeDraft])
        case grantConsent(Target, ConsentDraft)
        /// Under this id.
        case recordSharing(EntityID, SharingDraft, of: Target)
        case revokeSharing(EntityID, of: Target)
        case updateContact(Target, ContactChange)
        /// Ends a consent, or another legal basis, by its id.
        case revokeConsent(Target, EntityID)
        case fileRequest(Target, RequestDraft)
        case workRequest(Target, RequestAnswer)
        case requestEnrichment(Target, EnrichmentRequested)
        case placeHold(Target, LegalHold)
        /// By its id.
        case releaseHold(Target, EntityID)
    }

    /// RFC 9110, section 13.1.1.
    public enum Precondition: Sendable, Hashable {
        /// There is such a contact.
        case exists
        /// Its version is one of these.
        case versions([UInt64])
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
            .updateContact(let target, _), .revokeConsent(let target, _),
            .recordSharing(_, _, let target), .revokeSharing(_, let target),
            .fileRequest(let target, _), .workRequest(let target, _),
            .requestEnrichment(let target, _),
            .placeHold(let target, _), .releaseHold(let target, _):
            target
        }
    }

    var createdContact: ContactDraft? {
        if case .createContact(let draft) = operation { draft } else { nil }
    }

    /// A contact to be created, of which a vendor tells something.
    var vendorsContact: ContactDraft? {
        createdContact.flatMap { draft in
            draft.attributes.contains { $0.source.type == .vendor } ? draft : nil
        }
    }

    /// That the contact gets, and nobody else may have.
    var email: EmailAddress? {
        switch operation {
        case .createContact(let draft): draft.email
        case .updateContact(_, let change): change.email
        case .addAttributes, .grantConsent, .revokeConsent, .recordSharing, .revokeSharing,
            .fileRequest, .workRequest, .requestEnrichment, .placeHold,
            .releaseHold:
            nil
        }
    }
}
