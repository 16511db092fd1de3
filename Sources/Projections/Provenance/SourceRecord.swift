import Foundation
import GRDB
public import ContactModel
import LedgerFormat

/// Where a contact's attributes came from: which entry says so.
public struct SourceRecord: Hashable, Sendable {
    public let contact: ContactHead
    /// Of its `ProvenanceRecorded`.
    public let position: UInt64
}

/// The newest first.
public struct SourceRecords: Sendable {
    public let records: [SourceRecord]
    /// Whether there are more behind them.
    public let hasMore: Bool
}

extension ProjectionReader {
    /// What came from one source, as far as `clearance` dominates the labels of the entries and their contacts.
    ///
    /// - Parameter below: positions below this one.
    public func records(
        from source: String, below: UInt64, limit: Int, for clearance: Clearance
    ) throws -> SourceRecords {
        let page = try SeenRows(
            db: db, table: "provenance", column: "source_identity",
            select: """
                SELECT t.subject, t.position, c.contact_id, c.label, coalesce(s.version, 0)
                FROM provenance t JOIN subject s ON s.tag = t.subject JOIN \(SubjectTable.joinedContact)
                """
        ).page(source, below: below, limit: limit, for: clearance)
        return SourceRecords(
            records: try page.rows.map { row in
                guard let subject = SubjectTag(row[0] as Data), let id = ContactID(row[2] as Data)
                else {
                    throw ProjectionError(
                        .unusable, "A row of provenance in views/ is damaged; rebuild them.")
                }
                return SourceRecord(
                    contact: ContactHead(
                        subject: subject, contactID: id, label: row[3],
                        version: Self.number(row, 4)), position: Self.number(row, 1))
            }, hasMore: page.hasMore)
    }
}
