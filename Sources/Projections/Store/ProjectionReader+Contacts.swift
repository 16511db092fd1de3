import ContactModel
import Foundation
import GRDB
public import LedgerFormat

extension ProjectionReader {
    public func contactHead(id: ContactID) throws -> ContactHead? {
        try head("c.contact_id = ?", id.bytes)
    }

    public func contactHead(subject: SubjectTag) throws -> ContactHead? {
        try head("s.tag = ?", subject.data)
    }

    public func contact(id: ContactID) throws -> ContactRecord? {
        try contactHead(id: id).flatMap(record)
    }

    public func contact(subject: SubjectTag) throws -> ContactRecord? {
        try contactHead(subject: subject).flatMap(record)
    }

    public func contact(unique: UniqueValue) throws -> ContactRecord? {
        try owner(of: unique).flatMap(contact(subject:))
    }

    private static let joined = "subject s JOIN \(SubjectTable.joinedContact)"

    private func head(_ condition: String, _ argument: Data) throws -> ContactHead? {
        try Row.fetchOne(
            try db.cachedStatement(
                sql:
                    "SELECT c.subject, c.contact_id, c.label, coalesce(s.version, 0) FROM \(Self.joined) WHERE \(condition)"
            ),
            arguments: [argument]
        ).map { row in
            guard let subject = SubjectTag(row[0] as Data), let id = ContactID(row[1] as Data)
            else {
                throw ProjectionError(
                    .unusable, "A contact row in views/ is damaged; rebuild them.")
            }
            return ContactHead(
                subject: subject, contactID: id, label: row[2], version: Self.number(row, 3))
        }
    }

    private func record(_ head: ContactHead) throws -> ContactRecord? {
        let row = try Row.fetchOne(
            try db.cachedStatement(
                sql: """
                    SELECT c.entity, c.created_at, coalesce(s.updated_at, ''), c.email, c.full_name, c.bound_label, c.id
                    FROM \(Self.joined) WHERE s.tag = ?
                    """),
            arguments: [head.subject.data])
        guard let row else { return nil }
        return ContactRecord(
            head: head, created: Self.number(row, 6), boundLabel: row[5], entity: row[0],
            createdAt: row[1], updatedAt: row[2],
            email: try SealedBlob.decode(row[3] as Data),
            fullName: try (row[4] as Data?).map(SealedBlob.decode),
            attributes: try attributes(head.subject), consents: try consents(head.subject),
            isRestricted: try isRestricted(head.subject),
            objections: try objections(of: head.subject))
    }

    private func attributes(_ subject: SubjectTag) throws -> [AttributeRecord] {
        try Row.fetchAll(
            try db.cachedStatement(
                sql: """
                    SELECT a.id, a.type, a.label, a.value, a.provenance_id, p.source_type,
                    p.source_identity, a.confidence, a.valid_from, a.valid_until
                    FROM attribute a
                    LEFT JOIN \(ProvenanceTable.joined(subject: "a.subject", id: "a.provenance_id"))
                    WHERE a.subject = ? AND a.superseded IS NULL ORDER BY a.position
                    """),
            arguments: [subject.data]
        ).map { row in
            AttributeRecord(
                id: row[0], type: row[1], label: row[2],
                value: try SealedBlob.decode(row[3] as Data), provenanceID: row[4],
                sourceType: row[5], sourceIdentity: row[6], confidence: row[7], validFrom: row[8],
                validUntil: row[9])
        }
    }

    private func consents(_ subject: SubjectTag) throws -> [ConsentRecord] {
        try Row.fetchAll(
            try db.cachedStatement(
                sql: """
                    SELECT id, type, legal_basis, purposes, granted_at, revoked_at, label, controller,
                    notice_ref, language, jurisdiction, collection_method, evidence
                    FROM consent WHERE subject = ? ORDER BY position
                    """),
            arguments: [subject.data]
        ).map { row in
            var terms = ConsentTerms()
            terms.controller = row[7]
            terms.noticeRef = row[8]
            terms.language = row[9]
            terms.jurisdiction = row[10]
            terms.collectionMethod = (row[11] as String?).flatMap(CollectionMethod.init)
            return ConsentRecord(
                id: row[0], consentType: row[1], legalBasis: row[2],
                purposeCodes: PurposeList.decode(row[3]), grantedAt: row[4], revokedAt: row[5],
                terms: terms, evidence: try (row[12] as Data?).map(SealedBlob.decode),
                label: row[6])
        }
    }
}
