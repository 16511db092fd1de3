public import ContactModel
import Foundation
import GRDB
import LedgerFormat

extension ProjectionReader {
    public func request(id: EntityID) throws -> RequestRecord? {
        try requests("id = ?", [Data(id.bytes)], limit: 1).first
    }

    /// In the order of the queue.
    public func requests(_ query: RequestQuery) throws -> [RequestRecord] {
        var conditions = query.state == nil ? ["is_open = 1"] : ["state = ?"]
        var arguments: [any DatabaseValueConvertible] = query.state.map { [$0.rawValue] } ?? []
        if let due = query.due {
            conditions.append("due <= ?")
            arguments.append(due.text)
        }
        if let after = query.after {
            conditions.append("(due, position) > (?, ?)")
            arguments += [after.due.text, Int64(clamping: after.position)]
        }
        return try requests(
            conditions.joined(separator: " AND ") + " ORDER BY due, position", arguments,
            limit: query.limit)
    }

    private func requests(
        _ condition: String, _ arguments: [any DatabaseValueConvertible], limit: Int
    ) throws -> [RequestRecord] {
        let statement = try RawStatement(
            db, "SELECT \(RequestRow.columns) FROM dsr_request WHERE \(condition) LIMIT ?")
        for (index, argument) in (arguments + [Int64(limit)]).enumerated() {
            switch argument.databaseValue.storage {
            case .string(let text): statement.bind(Int32(index + 1), text)
            case .blob(let data): statement.bind(Int32(index + 1), blob: data)
            case .int64(let number): statement.bind(Int32(index + 1), number)
            case .null, .double: statement.bindNull(Int32(index + 1))
            }
        }
        var found: [RequestRecord] = []
        try statement.forEach { row in
            guard let record = RequestRow.record(row) else {
                throw ProjectionError(
                    .unusable, "A request's row in views/ is damaged; rebuild them.")
            }
            found.append(record)
        }
        return found
    }

    /// Positions of the entries that a request went on by, its `DSRReceived` first.
    public func steps(of request: EntityID) throws -> [UInt64] {
        try Row.fetchAll(
            try db.cachedStatement(
                sql: "SELECT position FROM dsr_step WHERE request = ? ORDER BY position"),
            arguments: [Data(request.bytes)]
        ).map { Self.number($0, 0) }
    }

    func isRestricted(_ subject: SubjectTag) throws -> Bool {
        try Row.fetchOne(
            try db.cachedStatement(sql: "SELECT 1 FROM restriction WHERE subject = ? LIMIT 1"),
            arguments: [subject.data]) != nil
    }

    func objections(of subject: SubjectTag) throws -> [ObjectionRecord] {
        try Row.fetchAll(
            try db.cachedStatement(
                sql: """
                    SELECT purposes, objected_at FROM objection WHERE subject = ? ORDER BY position
                    """),
            arguments: [subject.data]
        ).map { row in
            ObjectionRecord(purposeCodes: PurposeList.decode(row[0]), objectedAt: row[1])
        }
    }
}
