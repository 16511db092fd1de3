import ContactModel
import Foundation
import GRDB
import LedgerFormat

/// The rows that one entry makes. Whatever an entry says, nothing here may fail for what it says: an
/// entry that is durable cannot be refused any more. Hence `OR REPLACE` and `OR IGNORE`, which give the
/// same rows on a rebuild.
struct EventProjection {
    let db: Database
    let header: EntryHeader

    func project(_ event: ProjectedEvent, side: SideInformation?) throws {
        switch event {
        case .contactCreated(let event): try create(event, side)
        case .attributeEnriched(let event): try enrich(event)
        case .consentGranted(let event): try consent(event)
        case .provenanceRecorded(let event): try provenance(event)
        case .audited(let mutations): try remember(mutations)
        case .segmentSealed(let event): try sealed(event)
        case .other: break
        }
    }

    private func create(_ event: ContactCreated, _ side: SideInformation?) throws {
        guard let subject = header.subject, let side else { return }
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO contact (subject, contact_id, entity, label, version, created_at,
                updated_at, email, full_name) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            subject.data, side.contactID.bytes, event.entity, header.label, Int64(header.index),
            header.time.text, header.time.text, SealedBlob.encode(event.email),
            event.fullName.map(SealedBlob.encode),
        ])
        let unique = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO unique_value (index_name, value, subject) VALUES (?, ?, ?)")
        for value in side.unique {
            try unique.execute(arguments: [value.index, value.value.data, subject.data])
        }
    }

    private func enrich(_ event: AttributeEnriched) throws {
        guard let subject = header.subject, try isContact(subject) else { return }
        try db.cachedStatement(
            sql: """
                UPDATE attribute SET superseded = ?, valid_until = coalesce(valid_until, ?)
                WHERE subject = ? AND type = ? AND superseded IS NULL
                """
        ).execute(arguments: [
            Int64(header.index), event.validFrom, subject.data, event.attributeType,
        ])
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO attribute (subject, idx, id, type, label, value, provenance_id,
                confidence, valid_from, valid_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            subject.data, Int64(header.index), event.attributeId, event.attributeType, header.label,
            SealedBlob.encode(event.value), event.provenanceId, event.confidence, event.validFrom,
            event.validUntil,
        ])
    }

    private func consent(_ event: ConsentGranted) throws {
        guard let subject = header.subject, try isContact(subject) else { return }
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO consent (subject, idx, id, type, legal_basis, purposes, granted_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            subject.data, Int64(header.index), event.consentId, event.consentType.rawValue,
            event.legalBasis.rawValue, PurposeList.encode(event.purposeCodes), event.grantedAt,
        ])
    }

    private func provenance(_ event: ProvenanceRecorded) throws {
        guard let subject = header.subject, try isContact(subject) else { return }
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO provenance (subject, id, idx, source_type, source_identity)
                VALUES (?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            subject.data, event.provenanceId, Int64(header.index), event.sourceType.rawValue,
            event.sourceIdentity,
        ])
    }

    /// FORMAT 9.1: offsets count from the append's first entry, which the audit entry closes.
    private func remember(_ mutations: [AuditMutation]) throws {
        let total = mutations.reduce(UInt64(0)) { sum, mutation in
            let (next, overflow) = sum.addingReportingOverflow(
                UInt64(clamping: mutation.count ?? 0))
            return overflow ? .max : next
        }
        guard total <= header.index else { return }
        let start = header.index - total
        let statement = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO idempotency (key, request, first_index, count, audit_index)
                VALUES (?, ?, ?, ?, ?)
                """)
        for mutation in mutations where mutation.outcome == AuditMutation.appended {
            guard let key = mutation.idempotencyKey.flatMap({ Digest32(hex: $0) }),
                let request = mutation.idempotencyRequest.flatMap({ Digest32(hex: $0) }),
                let first = mutation.first.flatMap(UInt64.init(exactly:)), first < total,
                let count = mutation.count
            else { continue }
            try statement.execute(arguments: [
                key.data, request.data, Int64(start + first), Int64(count), Int64(header.index),
            ])
        }
    }

    private func sealed(_ event: SegmentSealed) throws {
        guard let hash = Digest32(hex: event.manifestHash),
            let segment = Int64(exactly: event.segment)
        else { return }
        try db.cachedStatement(
            sql:
                "INSERT OR REPLACE INTO sealed_segment (segment, manifest_hash, idx) VALUES (?, ?, ?)"
        ).execute(arguments: [segment, hash.data, Int64(header.index)])
    }

    /// False for an erased subject on a rebuild: what is left in its entries belongs to nobody.
    private func isContact(_ subject: SubjectTag) throws -> Bool {
        try Int.fetchOne(
            try db.cachedStatement(sql: "SELECT 1 FROM contact WHERE subject = ?"),
            arguments: [subject.data]) != nil
    }
}
