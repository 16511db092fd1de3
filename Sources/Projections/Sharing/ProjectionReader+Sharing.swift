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
        try one("sh.position = (SELECT min(position) FROM sharing WHERE id = ?)", id, clearance)
    }

    public func sharing(at position: UInt64, for clearance: Clearance) throws -> SharingRecord? {
        try one("sh.position = ?", Int64(clamping: position), clearance)
    }

    private func one(
        _ condition: String, _ argument: any DatabaseValueConvertible, _ clearance: Clearance
    ) throws -> SharingRecord? {
        let row = try Row.fetchOne(
            try db.cachedStatement(sql: "\(Self.select) WHERE \(condition)"),
            arguments: [argument])
        guard let row, Self.isSeen(row[0], by: clearance) else { return nil }
        return try record(row)
    }

    /// A seek for each label that there is, whatever lies behind it.
    private func sharings(
        _ column: String, _ key: any DatabaseValueConvertible, below: UInt64, limit: Int,
        for clearance: Clearance
    ) throws -> SharingRecords {
        let page = try db.cachedStatement(
            sql: """
                \(Self.select) WHERE sh.\(column) = ? AND sh.seen_label = ? AND sh.position < ?
                ORDER BY sh.position DESC LIMIT ?
                """)
        var rows: [Row] = []
        for label in try seenLabels(column, key) where Self.isSeen(label, by: clearance) {
            rows += try Row.fetchAll(
                page, arguments: [key, label, Int64(clamping: below), limit + 1])
        }
        rows.sort { Self.number($0, 1) > Self.number($1, 1) }
        return SharingRecords(
            records: try rows.prefix(limit).map(record), hasMore: rows.count > limit)
    }

    /// Each one once, by the index alone.
    private func seenLabels(
        _ column: String, _ key: any DatabaseValueConvertible
    ) throws -> [String] {
        let next = try db.cachedStatement(
            sql: "SELECT min(seen_label) FROM sharing WHERE \(column) = ? AND seen_label > ?")
        var labels: [String] = []
        while let label = try String.fetchOne(next, arguments: [key, labels.last ?? ""]) {
            labels.append(label)
        }
        return labels
    }

    private static func isSeen(_ label: String, by clearance: Clearance) -> Bool {
        (try? SecurityLabel(label)).map(clearance.canRead) ?? false
    }

    private static let select = """
        SELECT sh.seen_label, sh.position, sh.id, sh.recipient, sh.label, sh.recipient_name, sh.purpose, sh.legal_basis,
        sh.attributes, sh.shared_at, sh.expires_at, sh.revoked, sh.revoked_at, sh.subject, c.contact_id, c.label,
        coalesce(s.version, 0)
        FROM sharing sh JOIN subject s ON s.tag = sh.subject JOIN \(SubjectTable.joinedContact)
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
