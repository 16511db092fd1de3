public import ContactModel

/// What is done about a request, validated as far as that goes without knowing it.
public enum RequestWork: Sendable {
    case verifyIdentity(IdentityCheck, evidence: RequestWords?)
    case start
    case extend(DSRReason)
    /// Wholly, or in part where there are reasons; with the values that a correction brings.
    case complete(reasons: [DSRReason], corrections: [AttributeDraft])
    case refuse([DSRReason])
    case cancel(DSRReason)
    /// Of a restriction that a request brought.
    case lift

    /// Nil: a restriction is lifted once its request is answered.
    var step: DSRStep? {
        switch self {
        case .verifyIdentity: .verifyIdentity
        case .start: .start
        case .extend(let reason): .extend(reason)
        case .complete(let reasons, _):
            reasons.isEmpty ? .complete : .completePartially(reasons)
        case .refuse(let reasons): .refuse(reasons)
        case .cancel(let reason): .cancel(reason)
        case .lift: nil
        }
    }
}

public struct WorkRequestCommand: Sendable {
    public let request: EntityID
    public let work: RequestWork
    public let idempotency: MutationCommand.Idempotency?

    public init(
        request: EntityID, work: RequestWork, idempotency: MutationCommand.Idempotency?
    ) {
        self.request = request
        self.work = work
        self.idempotency = idempotency
    }
}

/// A piece of work on a request that is known.
public struct RequestAnswer: Sendable {
    let id: EntityID
    let work: RequestWork
    let kind: DSRKind
    let receivedAt: Timestamp
    let purposeCodes: [String]
    /// Systems that the contact's data was given, to be told of a correction or a restriction.
    let recipients: [String]
}
