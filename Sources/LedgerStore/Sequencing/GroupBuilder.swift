import ContactModel
import Foundation
import LedgerFormat
import Projections

/// Decides what each append of a group may do and gives its entries their place. Pure but for its reads: when a
/// group fails to commit, the builder is dropped and nothing has changed.
struct GroupBuilder {
    private(set) var tree: TreeState
    private(set) var rows: [SegmentRow] = []
    /// The same entries, for the projections.
    private(set) var entries: [ProjectedEntry] = []
    private(set) var replies: [PendingReply] = []

    private let generation: UInt64
    private let reader: DecisionReader
    private let library: SegmentLibrary
    /// One time for the whole group: it became durable in one moment.
    private var time: LedgerTime

    /// What the group changes, over what the projections say; subjects asked for only are in it too.
    private var subjects: [SubjectTag: SubjectState] = [:]
    private var contactIDs: Set<ContactID> = []
    /// Of the group, with whose they are.
    private var unique: [UniqueValue: SubjectTag] = [:]
    /// Of the group: subjects' consents that it ends.
    private var revokedConsents: [SubjectTag: Set<String>] = [:]
    private var replays: [Digest32: Replay] = [:]
    private var requests: RequestOverlay
    private var provenances: ProvenanceOverlay
    private var enrichments: EnrichmentOverlay
    private var holds: HoldOverlay
    private var recipients: RecipientOverlay
    /// Of the group: notices that were delivered, by request and recipient.
    private var delivered: Set<[String]> = []
    /// Of the policies that the group sets.
    private var policyVersion: UInt64?

    /// A mutation of this group with its idempotency tag.
    private struct Replay {
        let request: Digest32
        let receipt: MutationReceipt
    }

    init(
        tree: TreeState, generation: UInt64, time: LedgerTime, reader: DecisionReader,
        library: SegmentLibrary, limits: StoreLimits
    ) {
        self.tree = tree
        self.generation = generation
        self.time = time
        self.reader = reader
        self.library = library
        requests = RequestOverlay(reader)
        provenances = ProvenanceOverlay(reader)
        enrichments = EnrichmentOverlay(reader, library)
        holds = HoldOverlay(reader, limits: limits)
        recipients = RecipientOverlay(reader, limits: limits)
    }

    // MARK: - Appends

    mutating func add(_ append: ValidatedAppend, reply: AppendReply?) throws {
        if append.correctsClock { try addClockCorrection(append.actor.id) }
        var outcomes: [PendingReply.Outcome] = []
        var results: [AuditMutation] = []
        var alert: EnrichmentReason?
        let start = tree.size
        for mutation in append.mutations {
            let verdict = try decide(mutation, append.actor)
            var result = AuditMutation(outcome: "")
            if let tag = mutation.draft.idempotency.first {
                result.idempotencyKey = tag.key.hex
                result.idempotencyRequest = tag.request.hex
            }
            switch verdict {
            case .accept(let contact):
                alert = mutation.inconsistency ?? alert
                result.outcome = AuditMutation.appended
                result.first = Int(tree.size - start)
                let receipt = try accept(mutation, of: contact, actor: append.actor.id)
                result.count = Int(receipt.count)
                outcomes.append(.receipt(receipt))
            case .replay(let receipt):
                result.outcome = AuditMutation.replayed
                outcomes.append(.receipt(receipt))
            case .refuse(let error):
                result.outcome = error.auditOutcome
                outcomes.append(.refused(error))
            }
            results.append(result)
        }
        var audit = Self.completed(append.audit, outcomes)
        if let alert {
            audit.category = .alert
            audit.outcome = .failed
            audit.reason = alert.rawValue
        }
        let index = try addAudit(
            audit, results: audit.decided.merged(with: results), actor: append.actor)
        replies.append(PendingReply(reply: reply, mutations: outcomes, auditIndex: index))
    }

    /// Entries of the ledger's making, then the audit entry of whoever asked for them, if anybody did. Where one is refused the audit
    /// entry alone is appended.
    mutating func add(
        _ system: [SystemEntry], audit: (actor: LedgerActor, draft: AuditDraft)?,
        reply: AppendReply?
    ) throws {
        for entry in system {
            guard let error = try refusal(of: entry, for: audit?.actor.clearance) else { continue }
            var index = tree.size - 1
            if let audit {
                let outcome = PendingReply.Outcome.refused(error)
                index = try addAudit(
                    Self.completed(audit.draft, [outcome]), results: [], actor: audit.actor)
            }
            replies.append(
                PendingReply(reply: reply, mutations: [.refused(error)], auditIndex: index))
            return
        }
        for entry in system where try !isAnnounced(entry) {
            try stage(
                stream: entry.stream, type: entry.type, actor: entry.author,
                label: try label(of: entry), subject: entry.subject, payload: entry.payload,
                payloadHash: PayloadCommitment.hash(entry.payload), event: entry.event, side: nil)
            if case .policySetActivated = entry.event { policyVersion = tree.position - 1 }
        }
        var index = tree.size - 1
        if let audit { index = try addAudit(audit.draft, results: [], actor: audit.actor) }
        replies.append(PendingReply(reply: reply, mutations: [], auditIndex: index))
    }

    /// An entry about a contact that is there bears its label, and moves it to no other.
    private mutating func label(of entry: SystemEntry) throws -> String {
        guard case .dsr = entry.event, let subject = entry.subject else { return entry.label }
        return try state(of: subject).contact?.label ?? entry.label
    }

    /// Policies replace those that their author knew, where the author says which. A notice is delivered once.
    private mutating func refusal(
        of entry: SystemEntry, for clearance: Clearance?
    ) throws -> LedgerStoreError? {
        if case .dsr(.notified(let event)) = entry.event {
            return try refusal(of: event, entry, for: clearance)
        }
        guard case .policySetActivated(let event) = entry.event else { return nil }
        guard entry.payload.count <= LedgerLimits.maxPayloadBytes else {
            return LedgerStoreError(
                .invalid,
                "The policies and their signature are more than the \(LedgerLimits.maxPayloadBytes) bytes of an entry."
            )
        }
        let version = try policyVersion ?? reader.policyVersion()
        guard let expected = event.expected, expected != version else { return nil }
        return LedgerStoreError(
            .conflict,
            "The access policies in force are of version \(version), not \(expected); read them again."
        )
    }

    private mutating func refusal(
        of event: RecipientNotified, _ entry: SystemEntry, for clearance: Clearance?
    ) throws -> LedgerStoreError? {
        let text = try label(of: entry)
        guard let id = try? EntityID(event.requestId),
            let notice = try reader.notice(to: event.recipient, of: id),
            let label = try? SecurityLabel(text), notice.subject == entry.subject,
            clearance?.canRead(label) == true
        else {
            return LedgerStoreError(.notFound, "No notice to this recipient is queued.")
        }
        // Of an erased contact nothing is left that the entry could take trust from.
        guard try state(of: notice.subject).contact == nil || clearance?.canChange(label) == true
        else {
            return LedgerStoreError(
                .forbidden, "The contact has more trust than the caller's clearance.")
        }
        guard notice.delivery == nil, delivered.insert([event.requestId, event.recipient]).inserted
        else { return LedgerStoreError(.conflict, "The recipient was told already.") }
        return nil
    }

    /// The reply to an announcement may be lost although it is durable; it is not made twice.
    private func isAnnounced(_ entry: SystemEntry) throws -> Bool {
        switch entry.event {
        case .segmentSealed(let event): try reader.isSealed(event.segment)
        case .keyActivated(let event): try reader.isActivated(event.use, event.keyId)
        case .keyRetired(let event): try reader.isRetired(event.use, event.keyId)
        case .subjectErased: try entry.subject.map { try !reader.isErasureOpen($0) } ?? false
        default: false
        }
    }

    // MARK: - Decisions

    private enum Verdict {
        case accept(ContactHead)
        case replay(MutationReceipt)
        case refuse(LedgerStoreError)
    }

    /// Idempotency first: a retry must find what it did even where that now stands in its own way.
    private mutating func decide(
        _ mutation: ValidatedAppend.Mutation, _ actor: LedgerActor
    ) throws -> Verdict {
        let draft = mutation.draft
        let clearance = actor.clearance
        if let known = try known(draft.idempotency, clearance) { return known }
        if draft.createsSubject { return try decideCreation(mutation, actor.id) }
        let standing = try state(of: draft.subject)
        guard let contact = standing.contact,
            let label = try? SecurityLabel(contact.label),
            mutation.isErasure ? clearance.canErase(label) : clearance.canRead(label)
        else {
            return .refuse(LedgerStoreError(.notFound, "There is no such contact."))
        }
        if let expected = draft.expectedVersion, expected != contact.version {
            return .refuse(.stale(contact))
        }
        if mutation.isErasure {
            return try holds.keep(draft.subject, at: time) ? .refuse(.held) : .accept(contact)
        }
        if let relabelling = mutation.relabelling {
            if let refusal = relabelling.refusal(of: label, by: clearance) {
                return .refuse(refusal)
            }
        } else if !clearance.canChange(label) {
            return .refuse(
                LedgerStoreError(
                    .forbidden, "The contact has more trust than the caller's clearance."))
        }
        if mutation.isUpdate, let refusal = try refusal(ofUpdate: draft, of: contact) {
            return .refuse(refusal)
        }
        if let consent = mutation.revokedConsent,
            let refusal = try refusal(ofRevoking: consent, of: contact.subject)
        {
            return .refuse(refusal)
        }
        if let refusal = try provenances.refusal(of: mutation) { return .refuse(refusal) }
        // A request moves no contact to another label.
        guard mutation.entries.allSatisfy({ !$0.isOfRequest || $0.label == contact.label }) else {
            return .refuse(
                LedgerStoreError(
                    .conflict, "An entry of a request bears its contact's label; read it again."))
        }
        let verdict = try accept(contact, with: mutation)
        guard case .accept(let after) = verdict else { return verdict }
        let changedAt = standing.streams[.contact].map { tree.base + $0.lastIndex }
        var enriching = enrichments
        if let refusal = try enriching.take(
            mutation, of: after.label, by: actor.id, at: time, from: tree.base)
            ?? requests.take(mutation, changedAt: changedAt, at: time)
            // Last: what it takes stays taken.
            ?? holds.take(mutation, at: time)
        {
            return .refuse(refusal)
        }
        enrichments = enriching
        return verdict
    }

    /// A consent ends once.
    private func refusal(
        ofRevoking consent: String, of subject: SubjectTag
    ) throws -> LedgerStoreError? {
        guard revokedConsents[subject]?.contains(consent) != true,
            try reader.isConsentInForce(consent, of: subject)
        else { return LedgerStoreError(.notFound, "There is no such consent in force.") }
        return nil
    }

    /// The id that the keeper gave its word for is the contact's, and nobody else has the address.
    private func refusal(
        ofUpdate draft: MutationDraft, of contact: ContactHead
    ) throws -> LedgerStoreError? {
        guard draft.contactID == contact.contactID else {
            return LedgerStoreError(.invalid, "Refused: the id is another contact's.")
        }
        let isTaken = try draft.unique.contains { value in
            guard let owner = try unique[value] ?? reader.owner(of: value) else { return false }
            return owner != contact.subject
        }
        return isTaken ? .duplicate : nil
    }

    /// Its label grows by what it gets, unless that is another label.
    private func accept(
        _ contact: ContactHead, with mutation: ValidatedAppend.Mutation
    ) throws -> Verdict {
        guard
            let label = mutation.relabelling?.to.text
                ?? contact.label(with: mutation.entries.lazy.map(\.label))
        else {
            return .refuse(
                LedgerStoreError(
                    .invalid,
                    "The contact's label would have more than \(ModelLimits.labelBytes) characters."
                )
            )
        }
        return .accept(
            ContactHead(
                subject: contact.subject, contactID: contact.contactID, label: label,
                version: contact.version))
    }

    private mutating func decideCreation(
        _ mutation: ValidatedAppend.Mutation, _ actor: String
    ) throws -> Verdict {
        let draft = mutation.draft
        guard let id = draft.contactID, let label = draft.entries.first?.label else {
            return .refuse(LedgerStoreError(.invalid, "A new contact needs an id."))
        }
        if try state(of: draft.subject).streams[.contact] != nil || isTaken(id, draft.unique.first)
        {
            return .refuse(.duplicate)
        }
        let verdict = try accept(
            ContactHead(subject: draft.subject, contactID: id, label: label, version: 0),
            with: mutation)
        guard case .accept(let contact) = verdict else { return verdict }
        let refusal = try enrichments.take(
            mutation, of: contact.label, by: actor, at: time, from: tree.base)
        return refusal.map(Verdict.refuse) ?? verdict
    }

    private mutating func known(
        _ tags: [IdempotencyTag], _ clearance: Clearance
    ) throws -> Verdict? {
        for tag in tags {
            if let replay = replays[tag.key] {
                return verdict(replay.request == tag.request, replay.receipt)
            }
        }
        for tag in tags {
            guard let record = try reader.idempotency(tag.key) else { continue }
            guard record.request == tag.request else { return verdict(false, nil) }
            // A contact above the clearance is told of as an erased one.
            let receipt = try library.receipt(of: record) {
                try state(of: $0).contact.flatMap {
                    $0.isThere(for: clearance) ? $0.contactID : nil
                }
            }
            return verdict(true, receipt)
        }
        return nil
    }

    private func verdict(_ isSame: Bool, _ receipt: MutationReceipt?) -> Verdict? {
        guard isSame else { return .refuse(.usedForAnotherRequest) }
        return receipt.map { receipt in
            var receipt = receipt
            receipt.replayed = true
            return .replay(receipt)
        }
    }

    private mutating func state(of subject: SubjectTag) throws -> SubjectState {
        if let state = subjects[subject] { return state }
        let state = try reader.state(of: subject)
        subjects[subject] = state
        return state
    }

    private func isTaken(_ id: ContactID, _ unique: UniqueValue?) throws -> Bool {
        try contactIDs.contains(id) || unique.map { self.unique[$0] != nil } ?? false
            || reader.isTaken(id: id, unique: unique)
    }

    // MARK: - Staging

    private mutating func accept(
        _ mutation: ValidatedAppend.Mutation, of contact: ContactHead, actor: String
    ) throws -> MutationReceipt {
        let draft = mutation.draft
        let first = tree.size
        var side = draft.contactID.map {
            SideInformation(contactID: $0, unique: draft.unique, words: draft.words)
        }
        for entry in mutation.entries {
            try stage(
                stream: entry.stream, type: entry.type, actor: actor, label: entry.label,
                subject: draft.subject, payload: entry.payload, payloadHash: entry.payloadHash,
                event: entry.event, side: side)
            side = nil
            if case .sharingRecorded(let event) = entry.event {
                recipients.add(event, of: draft.subject)
            }
        }
        if mutation.isErasure { try stageNotices(of: draft.subject, actor: actor) }
        // What comes behind an order to erase finds nobody, as it will once that is projected.
        subjects[draft.subject]?.contact =
            mutation.isErasure
            ? nil
            : ContactHead(
                subject: draft.subject, contactID: contact.contactID, label: contact.label,
                version: tree.position - 1)
        if let id = draft.contactID { contactIDs.insert(id) }
        for value in draft.unique { unique[value] = draft.subject }
        if let consent = mutation.revokedConsent {
            revokedConsents[draft.subject, default: []].insert(consent)
        }
        provenances.add(mutation)
        let count = tree.size - first
        let receipt = MutationReceipt(
            subject: draft.subject, contactID: contact.contactID,
            generation: generation, index: first, count: count,
            leafHash: entries[entries.count - Int(count)].leafHash, time: time,
            treeSize: 0, replayed: false)
        if let tag = draft.idempotency.first {
            replays[tag.key] = Replay(request: tag.request, receipt: receipt)
        }
        return receipt
    }

    /// Behind an order to erase: whom the contact's data was given has to be told (Article 19 GDPR), and once it is gone nobody knows who.
    private mutating func stageNotices(of subject: SubjectTag, actor: String) throws {
        guard let order = entries.last?.header else { return }
        for event in try recipients.notices(of: subject, id: order.id) {
            let payload = EventCoding.encode(event)
            try stage(
                stream: .dsr, type: RecipientNoticeQueued.type, actor: actor, label: order.label,
                subject: subject, payload: payload, payloadHash: PayloadCommitment.hash(payload),
                event: .dsr(.noticeQueued(event)), side: nil)
        }
    }

    private mutating func addAudit(
        _ draft: AuditDraft, results: [AuditMutation], actor: LedgerActor
    ) throws -> UInt64 {
        let event = AuditEvent(
            action: draft.action, category: draft.category, mutations: results,
            outcome: draft.outcome, principal: actor.id,
            purpose: draft.purpose.isEmpty ? nil : draft.purpose,
            reason: draft.reason.isEmpty ? nil : draft.reason, requestId: draft.requestID,
            resourceType: draft.resourceType, salt: Salt.random(), count: draft.count,
            subjects: draft.subjects.map(\.hex).sorted(), context: actor.context)
        let payload = EventCoding.encode(event)
        let index = tree.size
        try stage(
            stream: .audit, type: AuditEvent.type, actor: actor.id,
            label: actor.clearance.auditLabelText,
            subject: draft.subject, payload: payload, payloadHash: PayloadCommitment.hash(payload),
            event: .audited(event), side: nil)
        return index
    }

    /// FORMAT 2.1: the one entry that may be earlier than the one before.
    private mutating func addClockCorrection(_ actor: String) throws {
        let payload = try JSONEncoder().encode(["salt": Salt.random().base64EncodedString()])
        try stage(
            stream: .policy, type: "ClockCorrected", actor: actor,
            label: SecurityLabel.default.text, subject: nil, payload: payload,
            payloadHash: PayloadCommitment.hash(payload), event: .other, side: nil)
    }

    private mutating func stage(
        stream: EntryStream, type: String, actor: String, label: String, subject: SubjectTag?,
        payload: Data, payloadHash: Digest32, event: ProjectedEvent, side: SideInformation?
    ) throws {
        let before = try subject.flatMap { try state(of: $0).streams[stream] }
        let header = try EntryHeader(
            generation: generation, index: tree.size, time: time,
            id: UUIDv7.make(time: time, words: RandomPool.pair()),
            stream: stream, type: type, actor: actor, label: label, subject: subject,
            subjectVersion: subject == nil ? nil : (before?.version ?? 0) + 1,
            subjectPrevious: before?.lastIndex, previous: tree.lastLeaf, payloadHash: payloadHash)
        let bytes = header.canonicalBytes()
        let leaf = MerkleTree.leafHash(bytes)
        if let subject, let version = header.subjectVersion {
            subjects[subject]?.streams[stream] = StreamHead(
                lastIndex: header.index, version: version)
        }
        rows.append(SegmentRow(header: bytes, payload: payload))
        entries.append(ProjectedEntry(header: header, leafHash: leaf, event: event, side: side))
        tree.append(leaf: leaf, time: time)
    }

    /// Nothing was allowed although something was asked for: the entry says so.
    private static func completed(
        _ draft: AuditDraft, _ outcomes: [PendingReply.Outcome]
    ) -> AuditDraft {
        guard draft.outcome == .allowed, !outcomes.isEmpty,
            !draft.decided.contains(where: { $0.outcome == AuditMutation.replayed })
        else { return draft }
        var first: LedgerStoreError?
        for outcome in outcomes {
            guard case .refused(let error) = outcome else { return draft }
            first = first ?? error
        }
        var draft = draft
        draft.outcome = .refused
        if let first { draft.reason = first.code.rawValue }
        return draft
    }
}
