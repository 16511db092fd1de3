import ContactModel
import Foundation
import GRDB
import LedgerFormat

/// The rows that a batch of entries makes. Whatever an entry says, nothing here may fail for what it says: an
/// entry that is durable cannot be refused any more. Hence `OR REPLACE` and `OR IGNORE`, which give the
/// same rows on a rebuild.
///
/// A contact's own row is written once, at the end of the batch, with the version that it then has.
struct EventProjection {
    private let db: Database
    /// Contacts that the batch creates, in order.
    private var created: [ContactRow] = []
    private var positions: [SubjectTag: Int] = [:]
    /// Subjects asked for before: whether there is a contact.
    private var known: [SubjectTag: Bool] = [:]
    private var touched: [SubjectTag: Touch] = [:]
    private var streams: [SubjectTag: SubjectStreams] = [:]
    private(set) var rememberedRows = 0

    private struct ContactRow {
        let event: ContactCreated
        let side: SideInformation
        let label: String
        let createdAt: String
    }

    /// The newest entry that is not an audit entry.
    private struct Touch {
        let index: UInt64
        let time: LedgerTime
    }

    init(_ db: Database) {
        self.db = db
    }

    mutating func project(_ entry: ProjectedEntry) throws {
        let header = entry.header
        if let subject = header.subject, let version = header.subjectVersion {
            streams[subject, default: SubjectStreams()][header.stream] = StreamHead(
                lastIndex: header.index, version: version)
            // An audit entry never moves a contact's version.
            if header.stream != .audit {
                touched[subject] = Touch(index: header.index, time: header.time)
            }
        }
        switch entry.event {
        case .contactCreated(let event): try create(event, header, entry.side)
        case .attributeEnriched(let event): try enrich(event, header)
        case .consentGranted(let event): try consent(event, header)
        case .provenanceRecorded(let event): try provenance(event, header)
        case .audited(let mutations): try remember(mutations, header)
        case .segmentSealed(let event): try sealed(event, header)
        case .other: break
        }
    }

    /// Writes what was kept for the end of the batch.
    mutating func finish() throws {
        for (subject, streams) in streams { try SubjectHeadTable.write(db, subject, streams) }
        for (subject, touch) in touched {
            if let position = positions[subject] {
                try insert(created[position], subject, touch)
            } else {
                try db.cachedStatement(
                    sql: "UPDATE contact SET version = ?, updated_at = ? WHERE subject = ?"
                ).execute(arguments: [Int64(touch.index), touch.time.text, subject.data])
            }
        }
    }

    // MARK: - Contacts

    private mutating func create(
        _ event: ContactCreated, _ header: EntryHeader, _ side: SideInformation?
    ) throws {
        guard let subject = header.subject, let side else { return }
        known[subject] = true
        positions[subject] = created.count
        created.append(
            ContactRow(event: event, side: side, label: header.label, createdAt: header.time.text))
        let unique = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO unique_value (index_name, value, subject) VALUES (?, ?, ?)")
        for value in side.unique {
            unique.setUncheckedArguments([value.index, value.value.data, subject.data])
            try unique.execute()
        }
    }

    private func insert(_ row: ContactRow, _ subject: SubjectTag, _ touch: Touch) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO contact (subject, contact_id, entity, label, version, created_at,
                updated_at, email, full_name) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        statement.setUncheckedArguments([
            subject.data, row.side.contactID.bytes, row.event.entity, row.label,
            Int64(touch.index), row.createdAt, touch.time.text,
            SealedBlob.encode(row.event.email), row.event.fullName.map(SealedBlob.encode),
        ])
        try statement.execute()
    }

    private mutating func enrich(_ event: AttributeEnriched, _ header: EntryHeader) throws {
        guard let subject = header.subject, try isContact(subject) else { return }
        try db.cachedStatement(
            sql: """
                UPDATE attribute SET superseded = ?, valid_until = coalesce(valid_until, ?)
                WHERE subject = ? AND type = ? AND superseded IS NULL
                """
        ).execute(arguments: [
            Int64(header.index), event.validFrom, subject.data, event.attributeType,
        ])
        let statement = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO attribute (subject, idx, id, type, label, value, provenance_id,
                confidence, valid_from, valid_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        statement.setUncheckedArguments([
            subject.data, Int64(header.index), event.attributeId, event.attributeType, header.label,
            SealedBlob.encode(event.value), event.provenanceId, event.confidence, event.validFrom,
            event.validUntil,
        ])
        try statement.execute()
    }

    private mutating func consent(_ event: ConsentGranted, _ header: EntryHeader) throws {
        guard let subject = header.subject, try isContact(subject) else { return }
        let statement = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO consent (subject, idx, id, type, legal_basis, purposes, granted_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
        statement.setUncheckedArguments([
            subject.data, Int64(header.index), event.consentId, event.consentType.rawValue,
            event.legalBasis.rawValue, PurposeList.encode(event.purposeCodes), event.grantedAt,
        ])
        try statement.execute()
    }

    private mutating func provenance(_ event: ProvenanceRecorded, _ header: EntryHeader) throws {
        guard let subject = header.subject, try isContact(subject) else { return }
        let statement = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO provenance (subject, id, idx, source_type, source_identity)
                VALUES (?, ?, ?, ?, ?)
                """)
        statement.setUncheckedArguments([
            subject.data, event.provenanceId, Int64(header.index), event.sourceType.rawValue,
            event.sourceIdentity,
        ])
        try statement.execute()
    }

    /// False for an erased subject on a rebuild: what is left in its entries belongs to nobody.
    private mutating func isContact(_ subject: SubjectTag) throws -> Bool {
        if let known = known[subject] { return known }
        let isContact =
            try Int.fetchOne(
                try db.cachedStatement(sql: "SELECT 1 FROM contact WHERE subject = ?"),
                arguments: [subject.data]) != nil
        known[subject] = isContact
        return isContact
    }

    // MARK: - The ledger's own entries

    /// FORMAT 9.1: offsets count from the append's first entry, which the audit entry closes.
    private mutating func remember(_ mutations: [AuditMutation], _ header: EntryHeader) throws {
        let total = mutations.reduce(UInt64(0)) { sum, mutation in
            let (next, overflow) = sum.addingReportingOverflow(
                UInt64(clamping: mutation.count ?? 0))
            return overflow ? .max : next
        }
        guard total <= header.index else { return }
        let start = header.index - total
        for mutation in mutations where mutation.outcome == AuditMutation.appended {
            guard let key = mutation.idempotencyKey.flatMap({ Digest32(hex: $0) }),
                let request = mutation.idempotencyRequest.flatMap({ Digest32(hex: $0) }),
                let first = mutation.first.flatMap(UInt64.init(exactly:)), first < total,
                let count = mutation.count
            else { continue }
            let statement = try db.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO idempotency (key, request, first_index, count, at)
                    VALUES (?, ?, ?, ?, ?)
                    """)
            statement.setUncheckedArguments([
                key.data, request.data, Int64(start + first), Int64(count),
                header.time.microsecondsSince1970 / 1_000_000,
            ])
            try statement.execute()
            rememberedRows += 1
        }
    }

    private func sealed(_ event: SegmentSealed, _ header: EntryHeader) throws {
        guard let hash = Digest32(hex: event.manifestHash),
            let segment = Int64(exactly: event.segment)
        else { return }
        try db.cachedStatement(
            sql:
                "INSERT OR REPLACE INTO sealed_segment (segment, manifest_hash, idx) VALUES (?, ?, ?)"
        ).execute(arguments: [segment, hash.data, Int64(header.index)])
    }
}
