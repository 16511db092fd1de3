import ContactModel
import Foundation
import ProcessBoundary

/// Derive and Prepare: what a decision needs, and the decision.
extension MutationBatch {
    /// Nil: nothing to derive.
    func deriveRequest() -> WireDeriveRequest? {
        var request = WireDeriveRequest()
        for slot in slots {
            if let email = slot.command.email {
                var input = WireIndexInput()
                input.field = "email"
                input.canonical = Data(email.canonical.utf8)
                request.indexInputs.append(input)
            }
            if let idempotency = slot.command.idempotency {
                var input = WireIdempotencyInput()
                input.key = idempotency.key.text
                input.requestDigest = idempotency.digest
                request.idempotencyInputs.append(input)
            }
            if let draft = slot.command.vendorsContact {
                request.suppressionInputs.append(Data(draft.email.canonical.utf8))
            }
        }
        return request.indexInputs.isEmpty && request.idempotencyInputs.isEmpty ? nil : request
    }

    mutating func derived(_ response: WireDeriveResponse) throws(ServiceError) {
        var values = response.indexValues.makeIterator()
        var tags = response.idempotency.makeIterator()
        var suppressed = response.suppressed.makeIterator()
        for position in slots.indices {
            if slots[position].command.email != nil {
                guard let value = values.next(), value.count == 32 else {
                    throw .unexpectedReply(.keeper)
                }
                var unique = WireUniqueValue()
                unique.index = "email"
                unique.value = value
                slots[position].unique = [unique]
            }
            if slots[position].command.idempotency != nil {
                guard let days = tags.next() else { throw .unexpectedReply(.keeper) }
                slots[position].tags = days
            }
            if slots[position].command.vendorsContact != nil {
                guard let isSuppressed = suppressed.next() else {
                    throw .unexpectedReply(.keeper)
                }
                slots[position].isSuppressed = isSuppressed
            }
        }
        guard values.next() == nil, tags.next() == nil, suppressed.next() == nil else {
            throw .unexpectedReply(.keeper)
        }
    }

    /// Nil: an empty batch.
    func prepareRequest() -> WirePrepareRequest? {
        guard !slots.isEmpty else { return nil }
        var request = WirePrepareRequest()
        for slot in slots {
            var item = WirePrepareItem()
            if let tags = slot.tags { item.idempotency = tags }
            item.unique = slot.unique
            if case .contact(let id) = slot.command.target { item.contactID = Data(id.bytes) }
            request.items.append(item)
        }
        return request
    }

    mutating func prepared(_ response: WirePrepareResponse) throws(ServiceError) {
        guard response.items.count == slots.count else { throw .unexpectedReply(.ledger) }
        // In order, so that a mutation finds the create it depends on decided.
        for (position, item) in response.items.enumerated() {
            try decide(position, item)
        }
    }

    private mutating func decide(
        _ position: Int, _ item: WirePreparedItem
    ) throws(ServiceError) {
        let command = slots[position].command
        switch item.result {
        case .replay(let receipt): finish(position, Self.outcome(receipt, replayed: true))
        case .fault(let fault):
            finish(position, .failure(Self.refusal(fault, of: command)))
        case .contact(let head):
            guard case .contact = command.target, head.subject.count == 16,
                let id = EntityID(bytes: head.contactID), let label = try? SecurityLabel(head.label)
            else { throw .unexpectedReply(.ledger) }
            var plan = Plan(
                subject: head.subject, contactID: id, creates: false, isNew: false, label: label)
            if case .versions(let versions)? = command.precondition {
                guard versions.contains(head.version) else {
                    finish(position, .failure(.preconditionFailed))
                    return
                }
                plan.expectedVersion = head.version
            }
            slots[position].state = .planned(plan)
        case .clear:
            switch command.target {
            case nil where slots[position].isSuppressed: finish(position, .failure(.suppressed))
            case nil:
                slots[position].state = .planned(
                    Plan(
                        subject: Salt.random(), contactID: .random(), creates: true, isNew: true,
                        label: command.createdContact?.label ?? .default))
            case .created(let creator): dependsOn(creator, position)
            case .contact: throw .unexpectedReply(.ledger)
            }
        case nil: throw .unexpectedReply(.ledger)
        }
    }

    /// Takes the contact from the create at `creator`, whatever became of that.
    private mutating func dependsOn(_ creator: Int, _ position: Int) {
        guard creator < position, slots.indices.contains(creator) else {
            finish(position, .failure(.failedRef))
            return
        }
        switch slots[creator].state {
        case .planned(let plan) where plan.creates:
            slots[position].state = .planned(
                Plan(
                    subject: plan.subject, contactID: plan.contactID, creates: false, isNew: true,
                    label: plan.label))
        case .done(.success(let outcome)):
            slots[position].state = .planned(
                Plan(
                    subject: outcome.subject, contactID: outcome.contactID, creates: false,
                    isNew: false, label: slots[creator].command.createdContact?.label ?? .default))
        default: finish(position, .failure(.failedRef))
        }
    }

    /// What a receipt tells. One without a contact id is of a contact erased since: its mutation alone ends as for any
    /// unknown contact.
    static func outcome(
        _ receipt: WireMutationReceipt, replayed: Bool
    ) -> Result<MutationOutcome, ServiceError> {
        if receipt.contactID.isEmpty, replayed || receipt.replayed {
            return .failure(ServiceError(.notFound, "There is no contact with this id."))
        }
        guard let outcome = MutationOutcome(receipt, replayed: replayed) else {
            return .failure(.unexpectedReply(.ledger))
        }
        return .success(outcome)
    }

    /// A fault about one mutation, in its terms.
    static func refusal(_ fault: WireFault, of command: MutationCommand) -> ServiceError {
        switch fault.code {
        case .conflict where command.email != nil:
            ServiceError(
                .duplicateEmail, "A contact with this email address exists already.",
                pointer: "/email")
        case .stale: .preconditionFailed
        case .notFound where command.createdContact == nil:
            switch (command.target, command.operation) {
            case (.created, _): .failedRef
            case (_, .revokeConsent):
                ServiceError(
                    .notFound, "There is no contact with this id, or no such consent in force.")
            case (_, .releaseHold):
                ServiceError(
                    .notFound,
                    "There is no contact with this id, or no such hold that is not released.")
            default: ServiceError(.notFound, "There is no contact with this id.")
            }
        default: ServiceError(fault, from: .ledger)
        }
    }
}

extension ServiceError {
    public static let preconditionFailed = ServiceError(
        .preconditionFailed,
        "The contact has changed since the version that If-Match names; read it again, and decide anew."
    )

    static let suppressed = ServiceError(
        .suppressed,
        "Somebody with this email address was erased, and no vendor brings them back; without what vendors say they are taken.",
        pointer: "/email")

    /// A mutation depends on a create that was refused.
    static let failedRef = ServiceError(
        .failedRef,
        "The contact that this depends on was not created; see the result of its create.")
}
