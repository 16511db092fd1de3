public import ContactModel
import Foundation
import GRDB
import LedgerFormat

extension ProjectionReader {
    /// Positions of audit entries, the newest first. What `clearance` does not see counts for nothing, not even for `limit`.
    ///
    /// - Parameter range: looked through row by row, for rows are narrow and an index would cost every append a random page.
    public func audits(
        _ filter: AuditFilter, in range: Range<UInt64>, limit: Int, for clearance: Clearance
    ) throws -> [UInt64] {
        var conditions = ["position >= ?", "position < ?"]
        var arguments: StatementArguments = [
            Int64(clamping: range.lowerBound), Int64(clamping: range.upperBound),
        ]
        func add(_ condition: String, _ values: [any DatabaseValueConvertible]) {
            conditions.append(condition)
            arguments += StatementArguments(values)
        }
        let labels = try readableLabels(clearance)
        add("label IN (\(Self.places(labels)))", labels)
        if let principal = filter.principal { add("principal = ?", [principal]) }
        if let action = filter.action { add("action = ?", [action]) }
        if let category = filter.category { add("category = ?", [category.rawValue]) }
        if let outcome = filter.outcome { add("outcome = ?", [outcome.rawValue]) }
        if let from = filter.from { add("at >= ?", [from.microsecondsSince1970]) }
        if let until = filter.until { add("at < ?", [until.microsecondsSince1970]) }
        if let subject = filter.subject {
            add(
                "(subject = ? OR \(Self.named) OR position IN (\(Self.audits)))",
                [
                    subject.data, subject.data,
                ])
            let first = Int64(clamping: range.lowerBound) - Self.appendEntries
            let last = Int64(clamping: range.upperBound)
            for _ in 0..<5 {
                arguments += [subject.data, first, last]
            }
        }
        arguments += [limit]
        return try Row.fetchAll(
            db,
            sql: """
                SELECT position FROM audit WHERE \(conditions.joined(separator: " AND "))
                ORDER BY position DESC LIMIT ?
                """, arguments: arguments
        ).map { Self.number($0, 0) }
    }

    private static let named =
        "EXISTS (SELECT 1 FROM audit_subject s WHERE s.position = audit.position AND s.subject = ?)"

    /// An append that wrote of several contacts names none; its audit entry is the first one behind what it wrote (FORMAT 9.1).
    private static let audits = """
        SELECT (SELECT min(position) FROM audit WHERE position > entry.position) FROM (
        SELECT id AS position FROM contact WHERE id = (SELECT contact FROM subject WHERE tag = ?) AND id >= ? AND id < ?
        UNION ALL SELECT position FROM attribute WHERE subject = ? AND position >= ? AND position < ?
        UNION ALL SELECT position FROM consent WHERE subject = ? AND position >= ? AND position < ?
        UNION ALL SELECT position FROM provenance WHERE subject = ? AND position >= ? AND position < ?
        UNION ALL SELECT position FROM subject_event WHERE subject = ? AND position >= ? AND position < ?) entry
        """

    /// More than an append has: so far before a page what it tells of may begin.
    private static let appendEntries: Int64 = 16_384

    private func readableLabels(_ clearance: Clearance) throws -> [Int64] {
        try Row.fetchAll(db, sql: "SELECT id, text FROM audit_label").compactMap { row in
            guard let label = try? SecurityLabel(row[1] as String), clearance.canRead(label) else {
                return nil
            }
            return row[0]
        }
    }

    private static func places(_ values: [some Any]) -> String {
        Array(repeating: "?", count: values.count).joined(separator: ",")
    }
}
