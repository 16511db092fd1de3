import ContactModel
import Foundation
import LedgerFormat

/// The statements that write the tables, prepared once for the writer's connection.
final class ProjectionTables: Sendable {
    private let subject: RawStatement
    private let contact: RawStatement
    private let unique: RawStatement
    private let word: RawStatement
    private let supersede: RawStatement
    private let attribute: RawStatement
    private let consent: RawStatement
    private let revoke: RawStatement
    private let note: RawStatement
    private let provenance: RawStatement
    private let idempotency: RawStatement
    private let audit: RawStatement
    private let auditSubject: RawStatement
    private let auditLabel: RawStatement
    private let seal: RawStatement
    private let activate: RawStatement
    private let retire: RawStatement
    private let current: RawStatement
    private let relabel: RawStatement
    private let resealContact: RawStatement
    private let update: RawStatement
    private let resealAttribute: RawStatement
    private let open: RawStatement
    private let close: RawStatement
    private let purging: PurgeStatements
    private let policySet: RawStatement
    let sharing: SharingTable
    private let sources: SeenLabels
    let requests: RequestTables
    let enrichments: EnrichmentTables
    let erasures: ErasureTable
    let holds: HoldTable

    init(_ statements: StatementSet) throws {
        requests = try RequestTables(statements)
        enrichments = try EnrichmentTables(statements)
        erasures = try ErasureTable(statements)
        holds = try HoldTable(statements)
        subject = try statements.prepare(SubjectTable.write)
        contact = try statements.prepare(
            """
            INSERT OR IGNORE INTO contact (id, subject, contact_id, entity, bound_label, label, created_at,
            email, full_name, unique_values, name_words) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8, ?9, ?10)
            """)
        unique = try statements.prepare(
            "INSERT OR IGNORE INTO unique_value (index_name, value, subject) VALUES (?, ?, ?)")
        word = try statements.prepare(
            "INSERT OR IGNORE INTO name_word (word, contact) VALUES (?, ?)")
        supersede = try statements.prepare(
            """
            UPDATE attribute SET superseded = ?1, valid_until =
            CASE WHEN ?2 > valid_from AND ?2 < coalesce(valid_until, '~') THEN ?2 ELSE valid_until END
            WHERE subject = ?3 AND type = ?4 AND superseded IS NULL
            """)
        attribute = try statements.prepare(
            """
            INSERT OR REPLACE INTO attribute (subject, position, id, type, label, value, provenance_id,
            confidence, valid_from, valid_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        consent = try statements.prepare(
            """
            INSERT OR REPLACE INTO consent (subject, position, id, type, legal_basis, purposes, granted_at, label,
            controller, notice_ref, language, jurisdiction, collection_method, evidence)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        revoke = try statements.prepare(
            "UPDATE consent SET revoked_at = ? WHERE subject = ? AND id = ? AND revoked_at IS NULL")
        note = try statements.prepare(
            "INSERT OR REPLACE INTO subject_event (subject, position, type) VALUES (?, ?, ?)")
        provenance = try statements.prepare(
            """
            INSERT OR REPLACE INTO provenance (subject, position, id, source_type, source_identity, label,
            seen_label) VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
        idempotency = try statements.prepare(
            """
            INSERT OR REPLACE INTO idempotency (position, key, request, count, at)
            VALUES (?, ?, ?, ?, ?)
            """)
        audit = try statements.prepare(
            """
            INSERT OR REPLACE INTO audit (position, at, label, principal, action, category, outcome, subject)
            VALUES (?, ?, (SELECT id FROM audit_label WHERE text = ?), ?, ?, ?, ?, ?)
            """)
        auditSubject = try statements.prepare(
            "INSERT OR IGNORE INTO audit_subject (position, subject) VALUES (?, ?)")
        auditLabel = try statements.prepare("INSERT OR IGNORE INTO audit_label (text) VALUES (?)")
        seal = try statements.prepare(
            "INSERT OR REPLACE INTO sealed_segment (segment, manifest_hash, position) VALUES (?, ?, ?)"
        )
        activate = try statements.prepare(Self.keyStatement("activated"))
        retire = try statements.prepare(Self.keyStatement("retired"))
        open = try statements.prepare(
            "INSERT OR REPLACE INTO erasure (ordered, subject) VALUES (?, ?)")
        close = try statements.prepare("DELETE FROM erasure WHERE subject = ?")
        purging = try PurgeStatements(statements)
        policySet = try statements.prepare(
            "INSERT OR REPLACE INTO policy_set (position, text_hash) VALUES (?, ?)")
        current = try statements.prepare(
            "SELECT c.id, c.label FROM subject s JOIN \(SubjectTable.joinedContact) WHERE s.tag = ?"
        )
        sharing = try SharingTable(statements)
        sources = try SeenLabels(of: "provenance", statements)
        relabel = try statements.prepare("UPDATE contact SET label = ? WHERE id = ?")
        resealContact = try statements.prepare(
            "UPDATE contact SET bound_label = ?, email = ?, full_name = ? WHERE id = ?")
        update = try statements.prepare(
            """
            UPDATE contact SET entity = ?, bound_label = ?, email = ?, full_name = ?, unique_values = ?, name_words = ?
            WHERE id = ?
            """)
        resealAttribute = try statements.prepare(
            "UPDATE attribute SET label = ?, value = ? WHERE subject = ? AND id = ? AND superseded IS NULL"
        )
    }

    /// Id and label of a subject's contact; nil: it has none.
    func contact(_ tag: SubjectTag) throws -> (id: UInt64, label: String)? {
        current.bind(1, blob: tag)
        return try current.first { row in (row.number(0), row.text(1)) }
    }

    func relabel(_ id: UInt64, _ tag: SubjectTag, _ label: String) throws {
        relabel.bind(1, label)
        relabel.bind(2, id)
        try relabel.run()
        try sharing.relabel(tag, label)
        try sources.relabel(tag, label)
        try enrichments.relabel(tag, label)
    }

    /// Values under the label that they were sealed under anew. An attribute that the entry does not bring keeps its own.
    func reseal(
        _ id: UInt64, _ tag: SubjectTag, _ event: ContactRelabelled, _ label: String
    ) throws {
        resealContact.bind(1, label)
        resealContact.bind(2, blob: SealedBlob.encode(event.email))
        resealContact.bind(3, blob: event.fullName.map(SealedBlob.encode))
        resealContact.bind(4, id)
        try resealContact.run()
        for attribute in event.attributes {
            resealAttribute.bind(1, label)
            resealAttribute.bind(2, blob: SealedBlob.encode(attribute.value))
            resealAttribute.bind(3, blob: tag)
            resealAttribute.bind(4, attribute.attributeId)
            try resealAttribute.run()
        }
    }

    func write(_ tag: SubjectTag, _ change: SubjectChange) throws {
        subject.bind(1, blob: tag)
        subject.bind(2, change.contact.map { Int64(clamping: $0) })
        subject.bind(3, change.newest.map { Int64(clamping: $0.position) })
        subject.bind(4, change.newest?.time.text)
        SubjectTable.bind(change.streams, to: subject, from: 5)
        try subject.run()
    }

    func create(
        _ event: ContactCreated, _ header: EntryHeader, at position: UInt64, _ tag: SubjectTag,
        _ side: SideInformation
    ) throws {
        contact.bind(1, position)
        contact.bind(2, blob: tag)
        contact.bind(3, blob: side.contactID)
        contact.bind(4, event.entity)
        contact.bind(5, header.label)
        contact.bind(6, header.time.text)
        contact.bind(7, blob: SealedBlob.encode(event.email))
        contact.bind(8, blob: event.fullName.map(SealedBlob.encode))
        contact.bind(9, blob: UniqueValueList.encode(side.unique))
        contact.bind(10, blob: side.words.bytes)
        try contact.run()
        try take(side, tag, position)
    }

    /// Another address or name in the place of those that it had.
    func update(
        _ id: UInt64, _ event: ContactUpdated, _ label: String, _ tag: SubjectTag,
        _ side: SideInformation
    ) throws {
        try purging.freeIndexValues(tag, of: id)
        update.bind(1, event.identity.entity)
        update.bind(2, label)
        update.bind(3, blob: SealedBlob.encode(event.identity.email))
        update.bind(4, blob: event.identity.fullName.map(SealedBlob.encode))
        update.bind(5, blob: UniqueValueList.encode(side.unique))
        update.bind(6, blob: side.words.bytes)
        update.bind(7, id)
        try update.run()
        try take(side, tag, id)
    }

    private func take(_ side: SideInformation, _ tag: SubjectTag, _ contact: UInt64) throws {
        for name in side.words.words {
            word.bind(1, UInt64(name))
            word.bind(2, contact)
            try word.run()
        }
        for value in side.unique {
            unique.bind(1, value.index)
            unique.bind(2, blob: value.value)
            unique.bind(3, blob: tag)
            try unique.run()
        }
    }

    /// An entry of a contact that makes no row of its own.
    func note(_ tag: SubjectTag, _ type: String, at position: UInt64) throws {
        note.bind(1, blob: tag)
        note.bind(2, position)
        note.bind(3, type)
        try note.run()
    }

    func purge(_ tag: SubjectTag) throws { try purging.run(tag) }

    func openErasure(_ tag: SubjectTag, at position: UInt64) throws {
        open.bind(1, position)
        open.bind(2, blob: tag)
        try open.run()
    }

    func closeErasure(_ tag: SubjectTag) throws {
        close.bind(1, blob: tag)
        try close.run()
    }

    func enrich(
        _ event: AttributeEnriched, _ header: EntryHeader, at position: UInt64, _ tag: SubjectTag
    ) throws {
        supersede.bind(1, position)
        supersede.bind(2, event.validFrom)
        supersede.bind(3, blob: tag)
        supersede.bind(4, event.attributeType)
        try supersede.run()
        attribute.bind(1, blob: tag)
        attribute.bind(2, position)
        attribute.bind(3, event.attributeId)
        attribute.bind(4, event.attributeType)
        attribute.bind(5, header.label)
        attribute.bind(6, blob: SealedBlob.encode(event.value))
        attribute.bind(7, event.provenanceId)
        attribute.bind(8, Int64(event.confidence))
        attribute.bind(9, event.validFrom)
        attribute.bind(10, event.validUntil)
        try attribute.run()
    }

    func consent(
        _ event: ConsentGranted, _ label: String, at position: UInt64, _ tag: SubjectTag
    ) throws {
        consent.bind(1, blob: tag)
        consent.bind(2, position)
        consent.bind(3, event.consentId)
        consent.bind(4, event.consentType.rawValue)
        consent.bind(5, event.legalBasis.rawValue)
        consent.bind(6, PurposeList.encode(event.purposeCodes))
        consent.bind(7, event.grantedAt)
        consent.bind(8, label)
        consent.bind(9, event.terms.controller)
        consent.bind(10, event.terms.noticeRef)
        consent.bind(11, event.terms.language)
        consent.bind(12, event.terms.jurisdiction)
        consent.bind(13, event.terms.collectionMethod?.rawValue)
        consent.bind(14, blob: event.evidenceRef.map(SealedBlob.encode))
        try consent.run()
    }

    func revoke(_ event: ConsentRevoked, _ tag: SubjectTag) throws {
        revoke.bind(1, event.revokedAt)
        revoke.bind(2, blob: tag)
        revoke.bind(3, event.consentId)
        try revoke.run()
    }

    /// - Parameter contact: the contact's label.
    func provenance(
        _ event: ProvenanceRecorded, at position: UInt64, _ tag: SubjectTag, label: String,
        contact: String
    ) throws {
        provenance.bind(1, blob: tag)
        provenance.bind(2, position)
        provenance.bind(3, event.provenanceId)
        provenance.bind(4, event.sourceType.rawValue)
        provenance.bind(5, event.sourceIdentity)
        provenance.bind(6, label)
        provenance.bind(7, SeenLabels.seen(label, contact))
        try provenance.run()
    }

    func remember(_ key: Digest32, _ record: IdempotencyRecord, _ header: EntryHeader) throws {
        idempotency.bind(1, record.position)
        idempotency.bind(2, blob: key)
        idempotency.bind(3, blob: record.request)
        idempotency.bind(4, record.count)
        idempotency.bind(5, header.time.microsecondsSince1970 / 1_000_000)
        try idempotency.run()
    }

    /// Before the first audit entry under a label.
    func note(auditLabel label: String) throws {
        auditLabel.bind(1, label)
        try auditLabel.run()
    }

    func audited(_ event: AuditEvent, _ header: EntryHeader, at position: UInt64) throws {
        audit.bind(1, position)
        audit.bind(2, header.time.microsecondsSince1970)
        audit.bind(3, header.label)
        audit.bind(4, event.principal)
        audit.bind(5, event.action)
        audit.bind(6, event.category.rawValue)
        audit.bind(7, event.outcome.rawValue)
        audit.bind(8, blob: header.subject?.data)
        try audit.run()
        for subject in event.subjects.lazy.compactMap({ SubjectTag(hex: $0) }) {
            auditSubject.bind(1, position)
            auditSubject.bind(2, blob: subject)
            try auditSubject.run()
        }
    }

    func activated(_ use: String, _ keyID: String, at position: UInt64) throws {
        try note(activate, use, keyID, at: position)
    }

    func retired(_ use: String, _ keyID: String, at position: UInt64) throws {
        try note(retire, use, keyID, at: position)
    }

    private func note(
        _ statement: RawStatement, _ use: String, _ keyID: String, at position: UInt64
    ) throws {
        statement.bind(1, use)
        statement.bind(2, keyID)
        statement.bind(3, position)
        try statement.run()
    }

    private static func keyStatement(_ column: String) -> String {
        """
        INSERT INTO signing_key (origin, use, key_id, \(column)) SELECT origin, ?, ?, ? FROM meta WHERE true
        ON CONFLICT (origin, use, key_id) DO UPDATE SET \(column) = excluded.\(column)
        """
    }

    func policies(_ event: PolicySetActivated, at position: UInt64) throws {
        guard let hash = Digest32(hex: event.textHash) else { return }
        policySet.bind(1, position)
        policySet.bind(2, blob: hash)
        try policySet.run()
    }

    func sealed(_ event: SegmentSealed, at position: UInt64) throws {
        guard let hash = Digest32(hex: event.manifestHash),
            let segment = Int64(exactly: event.segment)
        else { return }
        seal.bind(1, segment)
        seal.bind(2, blob: hash)
        seal.bind(3, position)
        try seal.run()
    }
}
