import ContactModel
import Foundation
import ProcessBoundary

/// Encrypt and Append: from plans to entries, and from the ledger's verdict to results.
extension MutationBatch {
    /// Draws the ids of every planned mutation's entities.
    ///
    /// - Parameter enrichment: that every new contact begins with.
    /// - Returns: what is to be encrypted, in the order `encrypted(_:)` takes it back.
    mutating func draftEntries(
        at now: Timestamp, enriching enrichment: FirstEnrichment?
    ) -> [WireEncryptItem] {
        var items: [WireEncryptItem] = []
        for position in slots.indices {
            guard case .planned(let plan) = slots[position].state else { continue }
            let entries = MutationEntries(
                slots[position].command, plan, at: now, enriching: enrichment)
            items += entries.items
            slots[position].state = .drafted(plan, entries)
        }
        return items
    }

    /// A value that the keeper refuses ends its own mutation and no other.
    mutating func encrypted(_ response: WireEncryptResponse) throws(ServiceError) {
        var rest = response.items[...]
        let introductions = Dictionary(
            response.introductions.map { ($0.subject, $0) }, uniquingKeysWith: { $1 })
        for position in slots.indices {
            guard case .drafted(let plan, let entries) = slots[position].state else { continue }
            let mine = rest.prefix(entries.items.count)
            rest = rest.dropFirst(mine.count)
            if let fault = mine.lazy.compactMap(Self.fault).first {
                let command = slots[position].command
                finish(
                    position,
                    .failure(
                        fault.code == .notFound
                            ? Self.refusal(fault, of: command) : ServiceError(fault, from: .keeper))
                )
                continue
            }
            var values = mine.map(\.value).makeIterator()
            let identifies = slots[position].command.email != nil
            let introduction = identifies ? introductions[plan.subject] : nil
            guard (introduction != nil) == identifies else { throw .unexpectedReply(.keeper) }
            slots[position].state = .sealed(
                plan, try entries.drafts(&values), introduction: introduction)
        }
        guard rest.isEmpty else { throw .unexpectedReply(.keeper) }
    }

    private static func fault(_ item: WireEncryptedItem) -> WireFault? {
        if case .fault(let fault)? = item.result { fault } else { nil }
    }

    func mutations() -> [WireMutation] {
        slots.compactMap { slot in
            guard case .sealed(let plan, let entries, let introduction) = slot.state else {
                return nil
            }
            var mutation = WireMutation()
            mutation.entries = entries
            mutation.subject = plan.subject
            mutation.createsSubject = plan.creates
            if let introduction {
                mutation.contactID = Data(plan.contactID.bytes)
                mutation.introduction = introduction.code
                mutation.nameWords = introduction.nameWords
            }
            if let expected = plan.expectedVersion { mutation.expectedVersion = expected }
            mutation.unique = slot.unique
            if let tags = slot.tags { mutation.idempotency = tags }
            return mutation
        }
    }

    /// Allowed when anything was; the reason then names the first refusal beside it, if there was one.
    ///
    /// - Parameter refused: what never became a command, by position among all that was asked for.
    func audit(_ authorized: Authorized, _ refused: [Int: ServiceError.Code]) -> WireAuditDraft {
        let decided = decided(refused)
        var subjects: Set<Data> = []
        var anyAllowed = false
        for slot in slots {
            switch slot.state {
            case .sealed(let plan, _, _):
                subjects.insert(plan.subject)
                anyAllowed = true
            case .done(.success(let outcome)):
                subjects.insert(outcome.subject)
                anyAllowed = true
            default: break
            }
        }
        let firstRefusal = decided.lazy.compactMap(\.refusal).first
        let outcome: AuditOutcome =
            if anyAllowed { .allowed } else { firstRefusal.map(AuditOutcome.init) ?? .allowed }
        var draft = Auditor.draft(
            authorized.request, action: authorized.action, purposes: authorized.purposes,
            outcome: outcome, reason: firstRefusal?.rawValue ?? "",
            subject: subjects.count == 1 ? subjects.first ?? Data() : Data())
        draft.decided = decided.map(\.wire)
        return draft
    }

    /// What needs no verdict of the ledger any more, in order.
    private func decided(_ refused: [Int: ServiceError.Code]) -> [Decided] {
        var decided: [Decided] = []
        var rest = slots[...]
        for position in 0..<(slots.count + refused.count) {
            if let code = refused[position] {
                decided.append(Decided(position: position, refusal: code, tags: nil))
            } else if let slot = rest.popFirst() {
                switch slot.state {
                case .done(.success):
                    decided.append(Decided(position: position, refusal: nil, tags: slot.tags))
                case .done(.failure(let error)):
                    decided.append(
                        Decided(position: position, refusal: error.code, tags: slot.tags))
                default: break
                }
            }
        }
        return decided
    }

    private struct Decided {
        let position: Int
        /// Nil: a replay.
        let refusal: ServiceError.Code?
        let tags: WireIdempotencyTags?

        var wire: WireDecidedMutation {
            var wire = WireDecidedMutation()
            wire.position = UInt32(clamping: position)
            wire.outcome = refusal?.auditOutcome ?? AuditMutation.replayed
            if let today = tags?.days.first { wire.idempotency = today }
            return wire
        }
    }

    mutating func appended(_ response: WireAppendResponse) throws(ServiceError) {
        var results = response.results.makeIterator()
        for position in slots.indices {
            guard case .sealed = slots[position].state else { continue }
            let command = slots[position].command
            switch results.next()?.result {
            case .receipt(let receipt): finish(position, Self.outcome(receipt, replayed: false))
            case .fault(let fault):
                finish(position, .failure(Self.refusal(fault, of: command)))
            case nil: throw .unexpectedReply(.ledger)
            }
        }
        guard results.next() == nil else { throw .unexpectedReply(.ledger) }
    }
}
