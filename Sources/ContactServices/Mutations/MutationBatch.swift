import ContactModel
import Foundation
import ProcessBoundary

/// The state of a group of mutations on its way through the write path: what each waits for, or how it ended.
///
/// A slot moves from `waiting` to `planned` (Prepare let it pass), `drafted` (its ids are drawn), `sealed` (its entries are
/// ready), or from any of them to `done`. Pure: `MutationEngine` makes the calls between the steps.
struct MutationBatch {
    struct Slot {
        let command: MutationCommand
        var tags: WireIdempotencyTags?
        var unique: [WireUniqueValue] = []
        /// A vendor tells of somebody who was erased.
        var isSuppressed = false
        var state: State = .waiting
    }

    enum State {
        case waiting
        case planned(Plan)
        case drafted(Plan, MutationEntries)
        /// `introduction`: of a contact that this makes or gives another address, the keeper's.
        case sealed(Plan, [WireEntryDraft], introduction: WireIntroduction?)
        case done(Result<MutationOutcome, ServiceError>)
    }

    /// Whose entries these are.
    struct Plan {
        /// 16-byte tag.
        let subject: Data
        let contactID: EntityID
        /// This mutation makes the subject.
        let creates: Bool
        /// The subject has no keys yet: this batch makes it.
        let isNew: Bool
        /// What the contact bears: of what is added, unless that says otherwise.
        let label: SecurityLabel
        /// That the contact still has to be at, where a precondition asked.
        var expectedVersion: UInt64?
    }

    var slots: [Slot]

    init(_ commands: [MutationCommand]) {
        slots = commands.map { Slot(command: $0) }
    }

    mutating func finish(_ position: Int, _ result: Result<MutationOutcome, ServiceError>) {
        slots[position].state = .done(result)
    }

    /// Every mutation not yet decided ends with `error`.
    mutating func failPending(_ error: ServiceError) {
        for position in slots.indices {
            if case .done = slots[position].state { continue }
            finish(position, .failure(error))
        }
    }

    /// Once the append is durable, and every refusal with it.
    func results() -> [Result<MutationOutcome, ServiceError>] {
        slots.map { slot in
            guard case .done(let result) = slot.state else {
                return .failure(.unexpectedReply(.ledger))
            }
            return result.mapError { $0.audited() }
        }
    }
}
