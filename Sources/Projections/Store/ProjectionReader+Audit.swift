import Foundation
import GRDB

extension ProjectionReader {
    /// Positions of audit entries, the newest first.
    ///
    /// - Parameter range: looked through row by row, for rows are narrow and an index would cost every append a random page.
    public func audits(
        _ filter: AuditFilter, in range: Range<UInt64>, limit: Int
    ) throws -> [UInt64] {
        var conditions = ["position >= ?", "position < ?"]
        var arguments: StatementArguments = [
            Int64(clamping: range.lowerBound), Int64(clamping: range.upperBound),
        ]
        func add(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments += [value]
        }
        add("principal = ?", filter.principal)
        add("action = ?", filter.action)
        add("category = ?", filter.category?.rawValue)
        add("outcome = ?", filter.outcome?.rawValue)
        add("subject = ?", filter.subject?.data)
        add("at >= ?", filter.from?.microsecondsSince1970)
        add("at < ?", filter.until?.microsecondsSince1970)
        arguments += [limit]
        return try Row.fetchAll(
            db,
            sql: """
                SELECT position FROM audit WHERE \(conditions.joined(separator: " AND "))
                ORDER BY position DESC LIMIT ?
                """, arguments: arguments
        ).map { Self.number($0, 0) }
    }
}
