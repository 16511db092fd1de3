import ContactModel
import Foundation
import LedgerFormat
import Projections

/// Enrichments as a group leaves them, over what the projections say. The ledger itself refuses a step that does not lead on from where an
/// enrichment stands, or is not done on a ticket of its own, or merges by another rule: a gateway that was taken over has no say in it.
struct EnrichmentOverlay {
    private var known: [EntityID: EnrichmentRecord] = [:]
    /// The newest of each subject that was changed.
    private var newest: [SubjectTag: EntityID] = [:]
    /// Requested in this group: nothing can follow one yet, as no ticket is given before it is signed.
    private var requested: [SubjectTag: EntityID] = [:]
    private let reader: DecisionReader

    init(_ reader: DecisionReader) { self.reader = reader }

    /// Takes what a mutation says of an enrichment, all of it or nothing.
    ///
    /// - Parameter from: position of the generation's first entry: tickets are given for its entries alone.
    /// - Returns: why not; nil: it is taken.
    mutating func take(
        _ mutation: ValidatedAppend.Mutation, by actor: String, at time: LedgerTime,
        from base: UInt64
    ) throws -> LedgerStoreError? {
        let event = mutation.enrichment
        let isTicket = TicketActor.isOne(actor)
        guard event != nil || isTicket else { return nil }
        if case .requested(let event) = event {
            guard !isTicket else { return Self.foreign }
            return try begin(event, mutation.draft.subject, base)
        }
        guard isTicket, let now = Timestamp(microsecondsSince1970: time.microsecondsSince1970),
            let record = try record(of: mutation, event), record.actor == actor,
            record.subject == mutation.draft.subject
        else { return Self.foreign }
        guard mutation.entries.allSatisfy({ $0.label == record.label }) else {
            return Self.invalid("the entries of an enrichment bear the label of its first")
        }
        let steps = mutation.steps(event)
        guard !steps.isEmpty else { return Self.foreign }
        return try take(steps, of: record, mutation, at: now)
    }

    private mutating func begin(
        _ event: EnrichmentRequested, _ subject: SubjectTag, _ base: UInt64
    ) throws -> LedgerStoreError? {
        guard let id = try? EntityID(event.enrichmentId) else { return Self.foreign }
        guard known[id] == nil, try reader.enrichment(id) == nil,
            !requested.values.contains(id)
        else { return LedgerStoreError(.conflict, "There is an enrichment of this id.") }
        let last = try newest[subject].flatMap { known[$0] } ?? reader.enrichment(of: subject)
        let isOpen = last.map { $0.standing.state.isOpen && $0.position >= base } ?? false
        guard !isOpen, requested[subject] == nil else {
            return LedgerStoreError(.conflict, "An enrichment of this contact is under way.")
        }
        guard try !reader.objectsToMerging(subject) else { return Self.objected }
        requested[subject] = id
        return nil
    }

    private mutating func take(
        _ steps: [EnrichmentStep], of record: EnrichmentRecord,
        _ mutation: ValidatedAppend.Mutation, at now: Timestamp
    ) throws -> LedgerStoreError? {
        var current: [EnrichmentMerge.Contestant] = []
        if steps.contains(where: \.isDecided) {
            // Whoever decided has looked at the contact as it still is.
            guard mutation.draft.expectedVersion != nil else {
                return Self.invalid("a merge and what follows from it name the contact's version")
            }
            guard try !reader.objectsToMerging(record.subject) else { return Self.objected }
            current = try reader.contestants(
                of: record.subject, vendors: record.standing.vendors.map(\.id))
        }
        var standing = record.standing
        do throws(EnrichmentRefusal) {
            for step in steps {
                standing = try standing.after(step, at: now, among: current)
            }
        } catch {
            return LedgerStoreError(.conflict, error.message)
        }
        guard !standing.isPartlyRecorded else {
            return Self.invalid("provenance is recorded of every source at one time")
        }
        known[record.id] = EnrichmentRecord(
            id: record.id, subject: record.subject, position: record.position,
            label: record.label, actor: record.actor, standing: standing)
        newest[record.subject] = record.id
        return nil
    }

    /// By the event that names it; provenance names none.
    private func record(
        of mutation: ValidatedAppend.Mutation, _ event: EnrichmentEvent?
    ) throws -> EnrichmentRecord? {
        if let event {
            guard let id = try? EntityID(event.enrichmentID) else { return nil }
            return try known[id] ?? reader.enrichment(id)
        }
        let subject = mutation.draft.subject
        return try newest[subject].flatMap { known[$0] } ?? reader.enrichment(of: subject)
    }

    private static let foreign = invalid(
        "what is done on a ticket is a step of the enrichment that it is of, and nothing else is one"
    )

    private static let objected = LedgerStoreError(
        .restricted, "The person objects to automated merging (Article 22 GDPR).")

    private static func invalid(_ message: String) -> LedgerStoreError {
        LedgerStoreError(.invalid, "Refused: \(message).")
    }
}

extension ValidatedAppend.Mutation {
    /// What it says of an enrichment: one event at most, the last, as ``ValidatedAppend`` holds.
    fileprivate var enrichment: EnrichmentEvent? {
        if case .enrichment(let event)? = entries.last?.event { event } else { nil }
    }

    /// Empty: it is not made of what belongs together.
    fileprivate func steps(_ event: EnrichmentEvent?) -> [EnrichmentStep] {
        let others = event == nil ? entries[...] : entries.dropLast()
        var attributes: [AttributeEnriched] = []
        var provenances: [ProvenanceRecorded] = []
        for entry in others {
            switch entry.event {
            case .attributeEnriched(let event): attributes.append(event)
            case .provenanceRecorded(let event): provenances.append(event)
            default: return []
            }
        }
        guard let event else {
            return attributes.isEmpty ? provenances.map(EnrichmentStep.provenanceRecorded) : []
        }
        guard provenances.isEmpty, let step = EnrichmentStep(event, attributes) else { return [] }
        if case .enriched = step { return [step] }
        return attributes.isEmpty ? [step] : []
    }
}

extension EnrichmentStep {
    /// Whether it rests on what the contact is.
    fileprivate var isDecided: Bool {
        switch self {
        case .merged, .provenanceRecorded, .enriched: true
        case .received, .timedOut, .failed, .rolledBack, .inconsistent: false
        }
    }
}
