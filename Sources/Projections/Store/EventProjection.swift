import ContactModel
import Foundation
import LedgerFormat

/// The rows that a batch of entries makes. Whatever an entry says, nothing here may fail for what it says: an
/// entry that is durable cannot be refused any more. Hence `OR REPLACE` and `OR IGNORE`, which give the
/// same rows on a rebuild.
///
/// A subject's row is written once, at the end of the batch, in the order of the tags: neighbours share pages.
struct EventProjection {
    private let tables: ProjectionTables
    /// Entries of earlier generations.
    private let base: UInt64
    private var subjects: [SubjectTag: SubjectChange] = [:]
    /// Contacts of subjects asked for before; nil: there is none.
    private var known: [SubjectTag: Contact?] = [:]
    /// Of audit entries of this batch: a transaction that is undone takes what it noted with it.
    private var auditLabels: Set<String> = []
    private(set) var rememberedRows = 0

    private struct Contact {
        let id: UInt64
        var label: String
    }

    init(_ tables: ProjectionTables, base: UInt64) {
        self.tables = tables
        self.base = base
    }

    mutating func project(_ entry: ProjectedEntry) throws {
        let header = entry.header
        let position = base + header.index
        if let subject = header.subject, let version = header.subjectVersion {
            subjects[subject, default: SubjectChange()]
                .add(header, at: position, version: version)
        }
        switch entry.event {
        case .contactCreated(let event): try create(event, header, at: position, entry.side)
        case .attributeEnriched(let event):
            if let subject = try contact(header) {
                try tables.enrich(event, header, at: position, subject)
                try tables.enrichments.note(header, at: position)
                try raise(subject, by: header.label)
            }
        case .contactUpdated(let event):
            if let subject = try contact(header), let side = entry.side {
                try update(subject, event, header.label, side)
                try tables.note(subject, header.type, at: position)
            }
        case .contactRelabelled(let event):
            if let subject = try contact(header) {
                try relabel(subject, event, header.label)
                try tables.note(subject, header.type, at: position)
            }
        case .consentGranted(let event):
            if let subject = try contact(header) {
                try tables.consent(event, header.label, at: position, subject)
                try raise(subject, by: header.label)
            }
        case .consentRevoked(let event):
            if let subject = try contact(header) {
                try tables.revoke(event, subject)
                try note(header, at: position)
            }
        case .provenanceRecorded(let event):
            if let subject = try contact(header) {
                try raise(subject, by: header.label)
                try tables.provenance(
                    event, at: position, subject, label: header.label,
                    contact: label(of: subject) ?? header.label)
                try tables.enrichments.project(event, header, at: position)
            }
        case .audited(let event):
            if auditLabels.insert(header.label).inserted {
                try tables.note(auditLabel: header.label)
            }
            try tables.audited(event, header, at: position)
            try remember(event.mutations, header)
        case .segmentSealed(let event): try tables.sealed(event, at: position)
        case .keyActivated(let event):
            try tables.activated(event.use, event.keyId, at: position)
        case .keyRetired(let event): try tables.retired(event.use, event.keyId, at: position)
        case .erasureOrdered: try forget(header, at: position)
        case .subjectErased:
            if let subject = header.subject {
                try tables.closeErasure(subject)
                try tables.erasures.finish(subject, at: position)
                try tables.requests.finishErasure(of: subject, header, at: position)
            }
        case .dsr(let event):
            try tables.requests.project(
                event, header, at: position, isContact: try contact(header) != nil)
            try note(header, at: position)
        case .enrichment(let event):
            if let subject = try contact(header) {
                try note(header, at: position)
                try tables.enrichments.project(
                    event, header, at: position, contact: label(of: subject) ?? header.label)
            }
        case .legalHold(let event):
            if let subject = try contact(header) {
                try tables.holds.project(event, subject, header.time, at: position)
                try note(header, at: position)
            }
        case .policySetActivated(let event): try tables.policies(event, at: position)
        case .sharingRecorded(let event):
            if let subject = try contact(header) {
                try note(header, at: position)
                try tables.sharing.record(
                    event, at: position, subject, label: header.label,
                    contact: label(of: subject) ?? header.label)
            }
        case .sharingRevoked(let event):
            if let subject = try contact(header) {
                try tables.sharing.revoke(event, at: position, header.time, subject)
                try note(header, at: position)
            }
        case .other: try note(header, at: position)
        }
    }

    /// Writes what was kept for the end of the batch.
    func finish() throws {
        for (tag, change) in subjects.sorted(by: { $0.key < $1.key }) {
            try tables.write(tag, change)
        }
    }

    private mutating func create(
        _ event: ContactCreated, _ header: EntryHeader, at position: UInt64,
        _ side: SideInformation?
    ) throws {
        guard let subject = header.subject, let side else { return }
        known[subject] = Contact(id: position, label: header.label)
        subjects[subject, default: SubjectChange()].contact = position
        try tables.create(event, header, at: position, subject, side)
    }

    /// The contact is gone for every reader; that its key is not destroyed yet stands in the tables.
    private mutating func forget(_ header: EntryHeader, at position: UInt64) throws {
        guard let subject = header.subject else { return }
        known[subject] = .some(nil)
        // The purge finds the contact by its subject's row, which else is written at the end of the batch.
        if let change = subjects.removeValue(forKey: subject) { try tables.write(subject, change) }
        try tables.purge(subject)
        try tables.openErasure(subject, at: position)
        try tables.erasures.order(subject, header, at: position)
        try tables.requests.orderErasure(of: subject, header, at: position)
    }

    /// The entry's subject, if it is a contact. Not so for an erased one on a rebuild: what is left in its entries
    /// belongs to nobody.
    private mutating func contact(_ header: EntryHeader) throws -> SubjectTag? {
        guard let subject = header.subject else { return nil }
        if let known = known[subject] { return known == nil ? nil : subject }
        let contact = try tables.contact(subject).map { Contact(id: $0.id, label: $0.label) }
        known[subject] = .some(contact)
        return contact == nil ? nil : subject
    }

    /// Of a contact that was asked for before.
    private func label(of subject: SubjectTag) -> String? { known[subject]??.label }

    /// What the contact's label was joined of counts no more; what comes later is joined with the new one.
    private mutating func relabel(
        _ subject: SubjectTag, _ event: ContactRelabelled, _ label: String
    ) throws {
        guard case let contact?? = known[subject] else { return }
        known[subject] = Contact(id: contact.id, label: label)
        try tables.relabel(contact.id, subject, label)
        try tables.reseal(contact.id, subject, event, label)
    }

    /// What is told of a contact in whatever other way is part of its history, and of its label.
    private mutating func note(_ header: EntryHeader, at position: UInt64) throws {
        guard header.stream != .audit, let subject = try contact(header) else { return }
        try tables.note(subject, header.type, at: position)
        try raise(subject, by: header.label)
    }

    private mutating func update(
        _ subject: SubjectTag, _ event: ContactUpdated, _ label: String, _ side: SideInformation
    ) throws {
        guard case let contact?? = known[subject] else { return }
        try tables.update(contact.id, event, label, subject, side)
        try raise(subject, by: label)
    }

    /// A contact's label is joined of those of its entries since it was last relabelled.
    private mutating func raise(_ subject: SubjectTag, by label: String) throws {
        guard case let contact?? = known[subject],
            let joined = LabelText.join(contact.label, [label]), joined != contact.label
        else { return }
        known[subject] = Contact(id: contact.id, label: joined)
        try tables.relabel(contact.id, subject, joined)
    }

    /// FORMAT 9.1: offsets count from the append's first entry, which the audit entry closes.
    private mutating func remember(_ mutations: [AuditMutation], _ header: EntryHeader) throws {
        let total = mutations.reduce(UInt64(0)) { sum, mutation in
            let (next, overflow) = sum.addingReportingOverflow(
                UInt64(clamping: mutation.count ?? 0))
            return overflow ? .max : next
        }
        guard total <= header.index else { return }
        let start = base + header.index - total
        for mutation in mutations where mutation.outcome == AuditMutation.appended {
            guard let key = mutation.idempotencyKey.flatMap({ Digest32(hex: $0) }),
                let request = mutation.idempotencyRequest.flatMap({ Digest32(hex: $0) }),
                let first = mutation.first.flatMap(UInt64.init(exactly:)), first < total,
                let count = mutation.count
            else { continue }
            let record = IdempotencyRecord(
                request: request, position: start + first, count: UInt64(clamping: count))
            try tables.remember(key, record, header)
            rememberedRows += 1
        }
    }
}

/// What a batch changes in a subject's row.
struct SubjectChange {
    private(set) var streams = SubjectStreams()
    /// Position and time of the newest entry that is not an audit entry: one of those never moves a contact's version.
    private(set) var newest: (position: UInt64, time: LedgerTime)?
    /// Id of the contact that it created.
    var contact: UInt64?

    mutating func add(_ header: EntryHeader, at position: UInt64, version: UInt64) {
        streams[header.stream] = StreamHead(lastIndex: header.index, version: version)
        if header.stream != .audit { newest = (position, header.time) }
    }
}
