import ContactModel
import Foundation
import LedgerFormat
import Projections

/// An append that keeps every rule that can be checked without the ledger's state: sizes, grammar, and
/// payloads that read as what they claim, since a durable entry must never be one that projections choke
/// on. Payloads are hashed here, on the caller's task, off the committer.
struct ValidatedAppend: Sendable {
    struct Entry: Sendable {
        let stream: EntryStream
        let type: String
        let label: String
        let payload: Data
        let payloadHash: Digest32
        let event: ProjectedEvent

        var isOfRequest: Bool {
            switch event {
            case .dsr, .legalHold: true
            default: false
            }
        }
    }

    struct Mutation: Sendable {
        let entries: [Entry]
        let draft: MutationDraft

        var isErasure: Bool {
            if case .erasureOrdered? = entries.first?.event { true } else { false }
        }

        var isUpdate: Bool {
            if case .contactUpdated? = entries.first?.event { true } else { false }
        }

        /// Id of the consent that it ends.
        var revokedConsent: String? {
            if case .consentRevoked(let event)? = entries.first?.event {
                event.consentId
            } else {
                nil
            }
        }

        /// Ids of the provenance records that it brings.
        var provenances: some Sequence<String> {
            entries.lazy.compactMap { entry in
                if case .provenanceRecorded(let event) = entry.event {
                    event.provenanceId
                } else {
                    nil
                }
            }
        }

        /// Why an enrichment is left inconsistent, of which somebody has to know.
        var inconsistency: EnrichmentReason? {
            if case .enrichment(.inconsistent(let event))? = entries.last?.event {
                event.reason
            } else {
                nil
            }
        }

        var relabelling: Relabelling? {
            guard let entry = entries.first, case .contactRelabelled(let event) = entry.event,
                let label = try? SecurityLabel(entry.label)
            else { return nil }
            return Relabelling(from: event.fromLabel, to: label)
        }
    }

    let actor: LedgerActor
    let mutations: [Mutation]
    let audit: AuditDraft
    let correctsClock: Bool
    let isOperation: Bool
    /// Entries if every mutation is accepted, audit entry included, and at most: an erasure's notices are not known yet.
    let entryCount: Int
    /// Roughly what it holds in memory.
    let bytes: Int

    /// - Throws: `LedgerStoreError.invalid`
    init(_ request: AppendRequest, limits: StoreLimits) throws(LedgerStoreError) {
        guard EntryHeader.isActor(request.actor.id) else {
            throw Self.invalid("the actor is not a principal id")
        }
        try Self.check(request.audit)
        try Self.check(request.audit.decided, beside: request.mutations.count)
        guard
            request.mutations.count + request.audit.decided.count <= limits.appendMutations
        else {
            throw Self.invalid("an append takes at most \(limits.appendMutations) mutations")
        }
        var entries = request.correctsClock ? 2 : 1
        var bytes = Self.overheadBytes
        for mutation in request.mutations {
            entries += mutation.entries.count
            if mutation.entries.first?.type == ErasureOrdered.type {
                entries += limits.noticesPerErasure
            }
            bytes += Self.overheadBytes
            for entry in mutation.entries { bytes += entry.payload.count + Self.overheadBytes }
        }
        guard entries <= limits.appendEntries, bytes <= limits.appendBytes else {
            throw Self.invalid(
                "an append takes at most \(limits.appendEntries) entries and "
                    + "\(limits.appendBytes) bytes; send it in parts")
        }
        var mutations: [Mutation] = []
        mutations.reserveCapacity(request.mutations.count)
        for draft in request.mutations { mutations.append(try Self.validated(draft)) }
        actor = request.actor
        self.mutations = mutations
        audit = request.audit
        correctsClock = request.correctsClock
        isOperation = request.isOperation
        entryCount = entries
        self.bytes = bytes
    }

    /// Header, row and bookkeeping of an entry.
    private static let overheadBytes = 1_024

    private static func validated(_ draft: MutationDraft) throws(LedgerStoreError) -> Mutation {
        guard !draft.entries.isEmpty else { throw invalid("a mutation has at least one entry") }
        let identifies =
            draft.createsSubject || draft.entries.contains { $0.type == ContactUpdated.type }
        guard identifies == (draft.contactID != nil) else {
            throw invalid("a contact id goes with a new subject or an update, and only there")
        }
        // A rebuild finds exactly this one in the entry: with another number here, answers would change.
        guard draft.unique.map(\.index) == (identifies ? [emailIndex] : []) else {
            throw invalid(
                "a new subject and an update come with one unique value, of index \(emailIndex), and no other does"
            )
        }
        guard draft.idempotency.count <= 8 else { throw invalid("too many idempotency tags") }
        var entries: [Entry] = []
        entries.reserveCapacity(draft.entries.count)
        for (position, entry) in draft.entries.enumerated() {
            let valid = try validated(entry)
            var creates = false
            if case .contactCreated = valid.event { creates = true }
            guard creates == (draft.createsSubject && position == 0) else {
                throw invalid(
                    "a ContactCreated is the first entry of a new subject, and only there")
            }
            if case .contactUpdated = valid.event {
                guard draft.entries.count == 1, !draft.createsSubject else {
                    throw invalid("a ContactUpdated stands alone")
                }
            }
            if case .erasureOrdered = valid.event {
                guard draft.entries.count == 1, !draft.createsSubject else {
                    throw invalid("an ErasureOrdered stands alone, and is of somebody who is known")
                }
            }
            if case .consentRevoked = valid.event, draft.entries.count != 1 {
                throw invalid("a ConsentRevoked stands alone")
            }
            if case .dsr(let event) = valid.event {
                guard !draft.createsSubject else {
                    throw invalid("a request is about somebody who is known")
                }
                try check(event)
            }
            if case .enrichment(let event) = valid.event {
                guard position == draft.entries.count - 1 else {
                    throw invalid("what is said of an enrichment is a mutation's last entry")
                }
                if case .requested(let request) = event {
                    guard request.isWellFormed,
                        draft.createsSubject || draft.entries.count == 1
                    else {
                        throw invalid(
                            "an EnrichmentRequested stands alone, or last behind a new contact, and asks within bounds"
                        )
                    }
                }
            }
            if case .legalHold = valid.event {
                guard draft.entries.count == 1, !draft.createsSubject else {
                    throw invalid("a legal hold stands alone, and is of somebody who is known")
                }
            }
            if case .contactRelabelled = valid.event {
                guard draft.entries.count == 1, draft.expectedVersion != nil else {
                    throw invalid(
                        "a ContactRelabelled stands alone and names the contact's version")
                }
            }
            entries.append(valid)
        }
        let mutation = Mutation(entries: entries, draft: draft)
        var provenances: Set<String> = []
        guard mutation.provenances.allSatisfy({ provenances.insert($0).inserted }) else {
            throw invalid("each ProvenanceRecorded has an id of its own")
        }
        return mutation
    }

    static let emailIndex = "email"

    private static func validated(_ entry: EntryDraft) throws(LedgerStoreError) -> Entry {
        switch entry.stream {
        case .audit, .policy, .key, .segment:
            throw invalid("a mutation cannot write to stream \(entry.stream.rawValue)")
        case .contact, .consent, .provenance, .sharing, .dsr: break
        }
        guard EntryHeader.isType(entry.type) else { throw invalid("the entry's type is malformed") }
        guard entry.payload.count <= LedgerLimits.maxPayloadBytes else {
            throw invalid("a payload has at most \(LedgerLimits.maxPayloadBytes) bytes")
        }
        let event: ProjectedEvent
        do throws(ProjectionError) {
            event = try ProjectedEvent(
                stream: entry.stream, type: entry.type, payload: entry.payload)
        } catch {
            throw invalid(error.message)
        }
        // Else the keeper would not read its values again, and no rebuild come to an end.
        if let identity = event.identity {
            guard (try? EntityID(identity.entity))?.text == identity.entity else {
                throw invalid("a contact's entity is a UUID in lower case")
            }
        }
        if case .contactRelabelled(let relabelled) = event {
            guard (try? RelabelReason(relabelled.reason)) != nil else {
                throw invalid("the reason of a ContactRelabelled is none")
            }
        }
        if case .provenanceRecorded(let provenance) = event {
            guard provenance.isWellFormed else {
                throw invalid(
                    "a ProvenanceRecorded names what is no id or hash, or more than \(ModelLimits.attributesPerRequest) attributes"
                )
            }
        }
        if case .legalHold(let hold) = event {
            guard hold.isWellFormed else {
                throw invalid("a legal hold names what is no id or time")
            }
        }
        if case .sharingRecorded(let sharing) = event {
            guard sharing.isWellFormed else {
                throw invalid("a SharingRecorded names what is no id, type, purpose or time")
            }
        }
        do throws(ValidationError) {
            _ = try SecurityLabel(entry.label)
        } catch {
            throw invalid("the entry's label is malformed")
        }
        return Entry(
            stream: entry.stream, type: entry.type, label: entry.label, payload: entry.payload,
            payloadHash: PayloadCommitment.hash(entry.payload), event: event)
    }

    private static func check(_ event: DSREvent) throws(LedgerStoreError) {
        guard (try? EntityID(event.requestID))?.text == event.requestID else {
            throw invalid("a request's id is a UUID in lower case")
        }
        // The grammar of a principal's id is a system's, too; a person's name would stand here for good.
        if case .noticeQueued(let notice) = event {
            guard EntryHeader.isActor(notice.recipient) else {
                throw invalid("a recipient is the id of a system")
            }
            guard notice.omitted == nil else {
                throw invalid("recipients are omitted by the ledger alone")
            }
        }
        if case .notified = event {
            throw invalid("a RecipientNotified is the ledger's own")
        }
        guard case .received(let received) = event else { return }
        guard (try? Jurisdiction(received.jurisdiction)) != nil,
            Timestamp(text: received.receivedAt) != nil,
            received.kind.namesPurposes
                ? (try? PurposeCode.list(received.purposeCodes)) != nil
                : received.purposeCodes.isEmpty
        else { throw invalid("a request names where, when and what it is about") }
    }

    private static func check(_ audit: AuditDraft) throws(LedgerStoreError) {
        guard audit.subjects.count <= AuditDraft.mostSubjects,
            Set(audit.subjects).count == audit.subjects.count,
            audit.subjects.isEmpty || audit.subject == nil
        else {
            throw invalid(
                "an audit entry is about one contact, or about \(AuditDraft.mostSubjects) different ones at most"
            )
        }
        let texts = [
            audit.action, audit.resourceType, audit.reason, audit.purpose, audit.requestID,
        ]
        for text in texts {
            guard text.utf8.count <= 256, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
            else {
                throw invalid("a text of the audit entry is too long or not printable ASCII")
            }
        }
    }

    private static func check(
        _ decided: [DecidedMutation], beside mutations: Int
    ) throws(LedgerStoreError) {
        var least = 0
        for mutation in decided {
            guard mutation.position >= least, mutation.position < mutations + decided.count else {
                throw invalid(
                    "the positions of decided mutations do not ascend or are out of range")
            }
            guard DecidedMutation.isOutcome(mutation.outcome) else {
                throw invalid("a decided mutation's outcome is malformed")
            }
            least = mutation.position + 1
        }
    }

    private static func invalid(_ message: String) -> LedgerStoreError {
        LedgerStoreError(.invalid, "Refused: \(message).")
    }
}

extension LegalHoldEvent {
    fileprivate var isWellFormed: Bool {
        switch self {
        case .placed(let event): LegalHold(event) != nil
        case .released(let event): (try? EntityID(event.holdId))?.text == event.holdId
        }
    }
}
