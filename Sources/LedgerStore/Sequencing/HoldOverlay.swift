import ContactModel
import LedgerFormat
import Projections

/// Legal holds as a group leaves them, over what the projections say: the ledger itself orders no erasure of a contact that one keeps.
struct HoldOverlay {
    /// Of the group; nil: released.
    private var changed: [SubjectTag: [EntityID: LegalHold?]] = [:]
    private let reader: DecisionReader
    private let most: Int

    init(_ reader: DecisionReader, limits: StoreLimits) {
        self.reader = reader
        most = limits.holdsPerContact
    }

    /// Whether one is in force.
    func keep(_ subject: SubjectTag, at time: LedgerTime) throws -> Bool {
        guard let now = time.timestamp else { return true }
        return try holds(of: subject).contains { $0.isInForce(at: now) }
    }

    /// Takes what a mutation says of a hold.
    ///
    /// - Returns: why not; nil: it is taken, or says nothing of one.
    mutating func take(
        _ mutation: ValidatedAppend.Mutation, at time: LedgerTime
    ) throws -> LedgerStoreError? {
        guard case .legalHold(let event)? = mutation.entries.first?.event else { return nil }
        let subject = mutation.draft.subject
        switch event {
        case .placed(let event):
            guard let hold = LegalHold(event), let now = time.timestamp, hold.isInForce(at: now)
            else { return LedgerStoreError(.invalid, "Refused: the hold's time is over.") }
            let known = try reader.holds(of: subject).map(\.hold.id)
            guard !known.contains(hold.id), changed[subject]?[hold.id] == nil else {
                return LedgerStoreError(.conflict, "The contact has a hold of this id.")
            }
            guard try holds(of: subject).count < most else {
                return LedgerStoreError(
                    .conflict, "The contact has \(most) holds; release those that are over.")
            }
            changed[subject, default: [:]][hold.id] = .some(hold)
        case .released(let event):
            guard let id = try? EntityID(event.holdId),
                try holds(of: subject).contains(where: { $0.id == id })
            else {
                return LedgerStoreError(
                    .notFound, "The contact has no such hold, or it was released.")
            }
            changed[subject, default: [:]].updateValue(nil, forKey: id)
        }
        return nil
    }

    /// Those that are not released.
    private func holds(of subject: SubjectTag) throws -> [LegalHold] {
        let changes = changed[subject] ?? [:]
        let before = try reader.holds(of: subject)
            .filter { $0.releasedAt == nil && changes[$0.hold.id] == nil }
        return before.map(\.hold) + changes.values.compactMap { $0 }
    }
}
