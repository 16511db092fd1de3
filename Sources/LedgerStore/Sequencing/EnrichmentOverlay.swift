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
    private var requested: Set<EntityID> = []
    private var requestedOf: Set<SubjectTag> = []
    private let reader: DecisionReader
    private let library: SegmentLibrary

    init(_ reader: DecisionReader, _ library: SegmentLibrary) {
        self.reader = reader
        self.library = library
    }

    /// Takes what a mutation says of an enrichment, all of it or nothing.
    ///
    /// - Parameters:
    ///   - contact: label that the contact bears behind the mutation.
    ///   - base: position of the generation's first entry: tickets are given for its entries alone.
    /// - Returns: why not; nil: it is taken.
    mutating func take(
        _ mutation: ValidatedAppend.Mutation, of contact: String, by actor: String,
        at time: LedgerTime, from base: UInt64
    ) throws -> LedgerStoreError? {
        let event = mutation.enrichment
        let isTicket = TicketActor.isOne(actor)
        guard event != nil || isTicket else { return nil }
        if case .requested(let event) = event {
            guard !isTicket, let last = mutation.entries.last else { return Self.foreign }
            // Its tickets see and change what its label reaches, and nothing else.
            guard let label = try? SecurityLabel(last.label),
                let whole = try? SecurityLabel(contact), Clearance(label).canChange(whole)
            else {
                return Self.invalid("the label of an EnrichmentRequested reaches its contact's")
            }
            return try begin(event, mutation.draft, base)
        }
        guard isTicket, let now = time.timestamp,
            let record = try record(of: mutation, event), record.actor == actor,
            record.subject == mutation.draft.subject, record.position >= base
        else { return Self.foreign }
        guard mutation.entries.allSatisfy({ $0.label == record.label }) else {
            return Self.invalid("the entries of an enrichment bear the label of its first")
        }
        let steps = mutation.steps(event)
        guard !steps.isEmpty else { return Self.foreign }
        return try take(steps, of: record, mutation, at: now)
    }

    private mutating func begin(
        _ event: EnrichmentRequested, _ draft: MutationDraft, _ base: UInt64
    ) throws -> LedgerStoreError? {
        let subject = draft.subject
        guard let id = try? EntityID(event.enrichmentId) else { return Self.foreign }
        guard known[id] == nil, !requested.contains(id), try reader.enrichment(id) == nil
        else { return LedgerStoreError(.conflict, "There is an enrichment of this id.") }
        guard !draft.createsSubject else {
            requested.insert(id)
            requestedOf.insert(subject)
            return nil
        }
        let last = try newest[subject].flatMap { known[$0] } ?? reader.enrichment(of: subject)
        let isOpen = last.map { $0.standing.state.isOpen && $0.position >= base } ?? false
        guard !isOpen, !requestedOf.contains(subject) else {
            return LedgerStoreError(.conflict, "An enrichment of this contact is under way.")
        }
        guard try !reader.objectsToMerging(subject) else { return Self.objected }
        requested.insert(id)
        requestedOf.insert(subject)
        return nil
    }

    private mutating func take(
        _ steps: [EnrichmentStep], of record: EnrichmentRecord,
        _ mutation: ValidatedAppend.Mutation, at now: Timestamp
    ) throws -> LedgerStoreError? {
        if let refusal = try refusal(of: steps, record) { return refusal }
        let current = try reader.contestants(
            of: record.subject, vendors: record.standing.vendors.map(\.id))
        if steps.contains(where: \.isDecided) {
            // Whoever decided has looked at the contact as it still is.
            guard mutation.draft.expectedVersion != nil else {
                return Self.invalid("a merge and what follows from it name the contact's version")
            }
            guard try !reader.objectsToMerging(record.subject) else { return Self.objected }
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

    /// What is recorded and taken is what was received, to the last byte; and what is received can be recorded.
    private func refusal(
        of steps: [EnrichmentStep], _ record: EnrichmentRecord
    ) throws -> LedgerStoreError? {
        // Read once: each source has a provenance step of its own.
        var read: [EnrichmentReceived]?
        func known() throws -> [EnrichmentReceived] {
            let known = try read ?? received(record)
            read = known
            return known
        }
        for step in steps {
            switch step {
            case .received(let event):
                guard let id = event.provenance?.provenanceId else { continue }
                guard try !reader.hasProvenance(id, of: record.subject) else {
                    return Self.invalid("the contact has a provenance record of this id")
                }
            case .provenanceRecorded(let event):
                guard try known().contains(where: { $0.provenance == event }) else {
                    return Self.notReceived
                }
            case .enriched(let attributes, _):
                let values = try known().flatMap(\.attributes)
                guard attributes.allSatisfy(values.contains) else { return Self.notReceived }
            case .timedOut, .merged, .failed, .rolledBack, .inconsistent: continue
            }
        }
        return nil
    }

    /// From the segments: the projections know of values only what the rule goes by.
    private func received(_ record: EnrichmentRecord) throws -> [EnrichmentReceived] {
        try reader.steps(ofEnrichment: record.id).compactMap { position in
            guard let place = library.entry(atPosition: position),
                let entry = try library.entry(of: place.generation, at: place.index)
            else { throw SegmentContents.damaged("Entry \(position) is missing") }
            return try? EventCoding.decode(EnrichmentReceived.self, from: entry.payload)
        }
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

    private static let notReceived = invalid("the values are not those that were received")

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
