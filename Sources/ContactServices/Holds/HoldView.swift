public import ContactModel
import ProcessBoundary

/// A hold to be placed or released, validated.
public struct HoldCommand<Hold: Sendable>: Sendable {
    public let contact: EntityID
    /// The hold, or the id of one that is there.
    public let hold: Hold
    public let idempotency: MutationCommand.Idempotency?

    public init(contact: EntityID, hold: Hold, idempotency: MutationCommand.Idempotency?) {
        self.contact = contact
        self.hold = hold
        self.idempotency = idempotency
    }
}

/// A hold of a contact.
public struct HoldView: Sendable, Equatable {
    public let hold: LegalHold
    /// `Timestamp` text.
    public let placedAt: String
    /// Nil: it is not.
    public let releasedAt: String?
    /// Of its `LegalHoldPlaced`.
    public let generation: UInt64
    public let index: UInt64

    /// Nil: no row of the ledger's.
    init?(_ row: WireHoldRow) {
        guard let id = EntityID(bytes: row.id), let reason = LegalHoldReason(rawValue: row.reason)
        else { return nil }
        var until: Timestamp?
        if !row.until.isEmpty {
            guard let time = Timestamp(text: row.until) else { return nil }
            until = time
        }
        hold = LegalHold(id: id, reason: reason, until: until)
        placedAt = row.placedAt
        releasedAt = row.releasedAt.isEmpty ? nil : row.releasedAt
        generation = row.generation
        index = row.index
    }

    /// Whether it keeps the contact now.
    public func isInForce(at time: Timestamp) -> Bool {
        releasedAt == nil && hold.isInForce(at: time)
    }
}

/// What placing or releasing did.
public struct HoldOutcome: Sendable {
    public let hold: HoldView
    public let mutation: MutationOutcome
}
