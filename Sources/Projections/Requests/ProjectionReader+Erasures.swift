public import ContactModel
import Foundation
public import LedgerFormat

extension ProjectionReader {
    public func erasure(of subject: SubjectTag) throws -> ErasureRecord? {
        try erasure("subject = ?", subject.data)
    }

    /// - Parameter id: of the order's header.
    public func erasure(id: EntityID) throws -> ErasureRecord? {
        try erasure("id = ?", Data(id.bytes))
    }

    private func erasure(_ condition: String, _ key: Data) throws -> ErasureRecord? {
        let statement = try RawStatement(
            db, "SELECT \(ErasureTable.columns) FROM erased WHERE \(condition)")
        statement.bind(1, blob: key)
        return try statement.first { ErasureTable.record($0) } ?? nil
    }

    /// Those of a request or of an order to erase, by name.
    ///
    /// - Parameter subject: of the request or the order.
    public func notices(of id: EntityID, subject: SubjectTag) throws -> [NoticeRecord] {
        let statement = try RawStatement(
            db,
            """
            SELECT \(NoticeTable.columns) FROM notice WHERE request = ? AND subject = ?
            ORDER BY recipient
            """)
        statement.bind(1, blob: Data(id.bytes))
        statement.bind(2, blob: subject.data)
        var found: [NoticeRecord] = []
        try statement.forEach { row in
            guard let record = NoticeTable.record(row) else {
                throw ProjectionError(
                    .unusable, "A notice's row in views/ is damaged; rebuild them.")
            }
            found.append(record)
        }
        return found
    }

    /// Positions of the `RecipientNotified` of a subject between two others, of its requests and of an order to erase it.
    public func deliveries(
        of subject: SubjectTag, erasure: EntityID, between first: UInt64, and last: UInt64
    ) throws -> [UInt64] {
        let statement = try RawStatement(
            db,
            """
            SELECT notified FROM notice
            WHERE request IN (SELECT id FROM dsr_request WHERE subject = ?1 UNION ALL SELECT ?2)
            AND subject = ?1 AND notified > ?3 AND notified < ?4 ORDER BY notified
            """)
        statement.bind(1, blob: subject.data)
        statement.bind(2, blob: Data(erasure.bytes))
        statement.bind(3, first)
        statement.bind(4, last)
        var found: [UInt64] = []
        try statement.forEach { found.append($0.number(0)) }
        return found
    }

    /// Every one that the contact has had, the oldest first.
    public func holds(of subject: SubjectTag) throws -> [HoldRecord] {
        let statement = try RawStatement(
            db,
            "SELECT \(HoldTable.columns) FROM legal_hold WHERE subject = ? ORDER BY position")
        statement.bind(1, blob: subject.data)
        var found: [HoldRecord] = []
        try statement.forEach { row in
            guard let record = HoldTable.record(row) else {
                throw ProjectionError(.unusable, "A hold's row in views/ is damaged; rebuild them.")
            }
            found.append(record)
        }
        return found
    }

    /// Requests for an erasure that were answered in part, of a subject: ids.
    public func partialErasures(of subject: SubjectTag) throws -> [EntityID] {
        let statement = try RawStatement(
            db,
            """
            SELECT id FROM dsr_request WHERE subject = ? AND state = ? AND kind IN (\(RequestRow.erasing))
            ORDER BY position
            """)
        statement.bind(1, blob: subject.data)
        statement.bind(2, DSRState.partiallyCompleted.rawValue)
        var ids: [EntityID] = []
        try statement.forEach { row in
            if let id = EntityID(bytes: Array(row.bytes(0))) { ids.append(id) }
        }
        return ids
    }
}
