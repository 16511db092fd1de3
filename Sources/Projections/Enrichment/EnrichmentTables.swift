import ContactModel
import Foundation
import LedgerFormat

/// What entries of enrichments make of the tables. A step that is none from where an enrichment stands changes nothing: the ledger does not
/// take one.
final class EnrichmentTables: Sendable {
    private let find: RawStatement
    private let newest: RawStatement
    private let insert: RawStatement
    private let update: RawStatement
    private let step: RawStatement
    private let wait: RawStatement
    private let waitNoMore: RawStatement
    private let labels: SeenLabels

    init(_ statements: StatementSet) throws {
        find = try statements.prepare(
            "SELECT \(EnrichmentRow.columns) FROM enrichment WHERE id = ?")
        newest = try statements.prepare(EnrichmentRow.newestOfSubject)
        insert = try statements.prepare(
            """
            INSERT OR IGNORE INTO enrichment (\(EnrichmentRow.columns), due)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
        update = try statements.prepare(
            "UPDATE enrichment SET standing = ?, due = ? WHERE id = ?")
        step = try statements.prepare(
            "INSERT OR IGNORE INTO enrichment_step (enrichment, position) VALUES (?, ?)")
        wait = try statements.prepare(
            """
            INSERT OR REPLACE INTO enrichment_vendor (vendor, position, subject, label, seen_label)
            VALUES (?, ?, ?, ?, ?)
            """)
        waitNoMore = try statements.prepare(
            "DELETE FROM enrichment_vendor WHERE vendor = ? AND position = ?")
        labels = try SeenLabels(of: "enrichment_vendor", statements)
    }

    /// - Parameter contact: the contact's label.
    func project(
        _ event: EnrichmentEvent, _ header: EntryHeader, at position: UInt64, contact: String
    ) throws {
        guard let subject = header.subject, let id = try? EntityID(event.enrichmentID),
            let time = header.time.timestamp
        else { return }
        if case .requested(let event) = event {
            let record = EnrichmentRecord(
                id: id, subject: subject, position: position, label: header.label,
                actor: TicketActor.name(generation: header.generation, index: header.index),
                standing: EnrichmentCase(event, at: time))
            try begin(record, contact: contact)
            return try note(id, at: position)
        }
        guard let known = try enrichment(id), known.actor == header.actor,
            let step = EnrichmentStep(event, [])
        else { return }
        try take(step, of: known, time, at: position)
    }

    /// Provenance that was recorded on a ticket is a step of the enrichment that the ticket is of.
    func project(
        _ event: ProvenanceRecorded, _ header: EntryHeader, at position: UInt64
    ) throws {
        guard let known = try own(header),
            let time = header.time.timestamp
        else { return }
        try take(.provenanceRecorded(event), of: known, time, at: position)
    }

    /// What was written on a ticket beside a step is shown with it.
    func note(_ header: EntryHeader, at position: UInt64) throws {
        if let known = try own(header) { try note(known.id, at: position) }
    }

    /// The enrichment on whose ticket an entry was written.
    private func own(_ header: EntryHeader) throws -> EnrichmentRecord? {
        guard TicketActor.isOne(header.actor), let subject = header.subject,
            let known = try newest(of: subject), known.actor == header.actor
        else { return nil }
        return known
    }

    /// The contact bears another label from here on. An enrichment that was asked for under one which does not reach it ends where it
    /// stands: its tickets find nobody.
    func relabel(_ tag: SubjectTag, _ contact: String) throws {
        try labels.relabel(tag, contact)
        guard let known = try newest(of: tag), let label = try? SecurityLabel(known.label),
            let contact = try? SecurityLabel(contact), !Clearance(label).canChange(contact),
            let standing = known.standing.stopped(.relabelled)
        else { return }
        try write(standing, of: known)
    }

    private func begin(_ record: EnrichmentRecord, contact: String) throws {
        insert.bind(1, blob: Data(record.id.bytes))
        insert.bind(2, blob: record.subject)
        insert.bind(3, record.position)
        insert.bind(4, record.label)
        insert.bind(5, record.actor)
        insert.bind(6, blob: try EnrichmentRow.encode(record.standing))
        insert.bind(7, record.standing.due)
        try insert.run()
        for vendor in record.standing.vendors {
            wait.bind(1, vendor.id)
            wait.bind(2, record.position)
            wait.bind(3, blob: record.subject)
            wait.bind(4, record.label)
            wait.bind(5, SeenLabels.seen(record.label, contact))
            try wait.run()
        }
    }

    private func take(
        _ step: EnrichmentStep, of known: EnrichmentRecord, _ time: Timestamp, at position: UInt64
    ) throws {
        guard let next = try? known.standing.after(step, at: time) else { return }
        try write(next, of: known)
        try note(known.id, at: position)
    }

    private func write(_ next: EnrichmentCase, of known: EnrichmentRecord) throws {
        update.bind(1, blob: try EnrichmentRow.encode(next))
        update.bind(2, next.due)
        update.bind(3, blob: Data(known.id.bytes))
        try update.run()
        for vendor in next.vendors where vendor.outcome != nil || !next.state.isOpen {
            waitNoMore.bind(1, vendor.id)
            waitNoMore.bind(2, known.position)
            try waitNoMore.run()
        }
    }

    private func enrichment(_ id: EntityID) throws -> EnrichmentRecord? {
        find.bind(1, blob: Data(id.bytes))
        return try find.first { EnrichmentRow.record($0) } ?? nil
    }

    private func newest(of subject: SubjectTag) throws -> EnrichmentRecord? {
        newest.bind(1, blob: subject)
        return try newest.first { EnrichmentRow.record($0) } ?? nil
    }

    private func note(_ id: EntityID, at position: UInt64) throws {
        step.bind(1, blob: Data(id.bytes))
        step.bind(2, position)
        try step.run()
    }
}
