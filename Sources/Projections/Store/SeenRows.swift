import ContactModel
import Foundation
import GRDB
import LedgerFormat

/// A list out of a table that `SeenLabels` keeps, by the newest. What a clearance does not see counts for nothing, not even for `limit`.
struct SeenRows {
    let db: Database
    /// Its index has the key's column, `seen_label`, `position`.
    let table: String
    let column: String
    /// Columns and joins, with the table as `t`: the second column is `t.position`.
    let select: String

    /// - Parameter below: positions below this one.
    /// - Returns: at most `limit` rows, and whether there are more behind them.
    func page(
        _ key: any DatabaseValueConvertible, below: UInt64, limit: Int, for clearance: Clearance
    ) throws -> (rows: [Row], hasMore: Bool) {
        let page = try db.cachedStatement(
            sql: """
                \(select) WHERE t.\(column) = ? AND t.seen_label = ? AND t.position < ?
                ORDER BY t.position DESC LIMIT ?
                """)
        // A seek for each label that there is, whatever lies behind it.
        var rows: [Row] = []
        for label in try labels(key) where Self.isSeen(label, by: clearance) {
            rows += try Row.fetchAll(
                page, arguments: [key, label, Int64(clamping: below), limit + 1])
        }
        rows.sort { ($0[1] as Int64) > ($1[1] as Int64) }
        return (Array(rows.prefix(limit)), rows.count > limit)
    }

    /// Each one once, by the index alone.
    private func labels(_ key: any DatabaseValueConvertible) throws -> [String] {
        let next = try db.cachedStatement(
            sql: "SELECT min(seen_label) FROM \(table) WHERE \(column) = ? AND seen_label > ?")
        var labels: [String] = []
        while let label = try String.fetchOne(next, arguments: [key, labels.last ?? ""]) {
            labels.append(label)
        }
        return labels
    }

    static func isSeen(_ label: String, by clearance: Clearance) -> Bool {
        (try? SecurityLabel(label)).map(clearance.canRead) ?? false
    }
}
