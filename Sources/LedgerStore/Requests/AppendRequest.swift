public import ContactModel
public import Foundation
public import LedgerFormat
public import Projections

/// Mutations, decided one by one and in order; those accepted and the audit entry are one atomic append.
/// The caller has verified the credential and the permits.
public struct AppendRequest: Sendable {
    /// The credential's: becomes every entry's `actor`, and sees contacts as far as it is cleared.
    public var actor: LedgerActor
    public var mutations: [MutationDraft]
    public var audit: AuditDraft
    /// An operator's word that the clock is right although the last entry is later: a `ClockCorrected`
    /// entry comes first and time starts from the clock again.
    var correctsClock = false
    /// Of an operator's request, which may be made on a full disk.
    var isOperation = false

    public init(actor: LedgerActor, mutations: [MutationDraft], audit: AuditDraft) {
        self.actor = actor
        self.mutations = mutations
        self.audit = audit
    }

    /// What an operator did, without any mutation.
    init(operator actor: LedgerActor, audit: AuditDraft, correctsClock: Bool = false) {
        self.init(actor: actor, mutations: [], audit: audit)
        self.correctsClock = correctsClock
        isOperation = true
    }
}

public struct MutationDraft: Sendable {
    public var entries: [EntryDraft]
    /// Of every entry here.
    public var subject: SubjectTag
    /// The tag must be new and the first entry a `ContactCreated`; otherwise the contact must exist.
    public var createsSubject: Bool
    /// With `createsSubject`.
    public var contactID: ContactID?
    public var unique: [UniqueValue]
    /// With `contactID`.
    public var words: NameIndex
    /// One per day key still alive, today's first; empty: no idempotency key.
    public var idempotency: [IdempotencyTag]
    /// `ContactHead.version` that the decision was made on.
    public var expectedVersion: UInt64?

    public init(
        entries: [EntryDraft], subject: SubjectTag, createsSubject: Bool = false,
        contactID: ContactID? = nil, unique: [UniqueValue] = [], words: NameIndex = NameIndex(),
        idempotency: [IdempotencyTag] = [], expectedVersion: UInt64? = nil
    ) {
        self.entries = entries
        self.subject = subject
        self.createsSubject = createsSubject
        self.contactID = contactID
        self.unique = unique
        self.words = words
        self.idempotency = idempotency
        self.expectedVersion = expectedVersion
    }
}

public struct EntryDraft: Sendable {
    public var stream: EntryStream
    public var type: String
    public var label: String
    public var payload: Data

    public init(stream: EntryStream, type: String, label: String, payload: Data) {
        self.stream = stream
        self.type = type
        self.label = label
        self.payload = payload
    }
}

/// HMACs by the keeper under a day's key.
public struct IdempotencyTag: Hashable, Sendable {
    /// Over principal and key.
    public var key: Digest32
    /// Over principal, key and request.
    public var request: Digest32

    public init(key: Digest32, request: Digest32) {
        self.key = key
        self.request = request
    }
}

/// The store completes it: principal, results, salt.
public struct AuditDraft: Sendable {
    public var category: AuditCategory
    /// E.g. `contact.create`.
    public var action: String
    public var resourceType: String
    public var subject: SubjectTag?
    /// In place of `subject`, of several; at most ``mostSubjects``.
    public var subjects: [SubjectTag]
    /// Becomes `refused` when it says `allowed` and no mutation was.
    public var outcome: AuditOutcome
    /// A problem code, empty when allowed.
    public var reason: String
    /// Empty: none given.
    public var purpose: String
    public var requestID: String
    /// In the order of their positions.
    public var decided: [DecidedMutation]
    /// Requests that it tells of, where they are folded.
    var count: Int?

    /// More than a page shows.
    public static let mostSubjects = 256

    public init(
        category: AuditCategory, action: String, resourceType: String, subject: SubjectTag? = nil,
        subjects: [SubjectTag] = [], outcome: AuditOutcome = .allowed, reason: String = "",
        purpose: String = "",
        requestID: String, decided: [DecidedMutation] = []
    ) {
        self.category = category
        self.action = action
        self.resourceType = resourceType
        self.subject = subject
        self.subjects = subjects
        self.outcome = outcome
        self.reason = reason
        self.purpose = purpose
        self.requestID = requestID
        self.decided = decided
    }
}
