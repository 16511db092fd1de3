public import ContactModel
import Foundation
import GRDB
public import LedgerFormat

/// Sharings as far as a clearance dominates their labels and those of their contacts; others count for nothing, not even for `limit`.
extension ProjectionReader {
    /// - Parameter below: positions below this one.
    public func sharings(
        of subject: SubjectTag, below: UInt64, limit: Int, for clearance: Clearance
    ) throws -> SharingRecords {
        try sharings("subject", subject.data, below: below, limit: limit, for: clearance)
    }

    public func sharings(
        with recipient: String, below: UInt64, limit: Int, for clearance: Clearance
    ) throws -> SharingRecords {
        try sharings("recipient", recipient, below: below, limit: limit, for: clearance)
    }

    /// The first that bears the id.
    public func sharing(id: String, for clearance: Clearance) throws -> SharingRecord? {
        try one("t.position = (SELECT min(position) FROM sharing WHERE id = ?)", id, clearance)
    }

    public func sharing(at position: UInt64, for clearance: Clearance) throws -> SharingRecord? {
        try one("t.position = ?", Int64(clamping: position), clearance)
    }

    private func one(
        _ condition: String, _ argument: any DatabaseValueConvertible, _ clearance: Clearance
    ) throws -> SharingRecord? {
        let row = try Row.fetchOne(
            try db.cachedStatement(sql: "\(Self.select) WHERE \(condition)"),
            arguments: [argument])
        guard let row, SeenRows.isSeen(row[0], by: clearance) else { return nil }
        return try record(row)
    }

    private func sharings(
        _ column: String, _ key: any DatabaseValueConvertible, below: UInt64, limit: Int,
        for clearance: Clearance
    ) throws -> SharingRecords {
        let page = try SeenRows(db: db, table: "sharing", column: column, select: Self.select)
            .page(key, below: below, limit: limit, for: clearance)
        return SharingRecords(records: try page.rows.map(record), hasMore: page.hasMore)
    }

    private static let select = """
        SELECT t.seen_label, t.position, t.id, t.recipient, t.label, t.recipient_name, t.purpose, t.legal_basis,
        t.attributes, t.shared_at, t.expires_at, t.revoked, t.revoked_at, t.subject, c.contact_id, c.label,
        coalesce(s.version, 0)
        FROM sharing t JOIN subject s ON s.tag = t.subject JOIN \(SubjectTable.joinedContact)
        """

    private func record(_ row: Row) throws -> SharingRecord {
        guard let subject = SubjectTag(row[13] as Data), let id = ContactID(row[14] as Data) else {
            throw ProjectionError(.unusable, "A sharing's row in views/ is damaged; rebuild them.")
        }
        return SharingRecord(
            contact: ContactHead(
                subject: subject, contactID: id, label: row[15], version: Self.number(row, 16)),
            position: Self.number(row, 1), id: row[2], recipient: row[3], label: row[4],
            recipientName: try SealedBlob.decode(row[5] as Data), purpose: row[6],
            legalBasis: row[7], attributes: PurposeList.decode(row[8]), sharedAt: row[9],
            expiresAt: row[10],
            revocation: (row[12] as String?).map {
                SharingRecord.Revocation(
                    position: UInt64(clamping: row[11] as Int64? ?? 0), time: $0)
            })
    }
}
