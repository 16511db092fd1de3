import Foundation
import GRDB
import LedgerFormat

/// Rows of table `subject_head`: a subject, then two columns per stream, null where it has no entry.
enum SubjectHeadTable {
    private static let names = SubjectStreams.order.map(\.rawValue)

    static let create: String = {
        let columns = names.map { "\($0)_last INTEGER, \($0)_version INTEGER" }
        return "CREATE TABLE subject_head (subject BLOB PRIMARY KEY, "
            + columns.joined(separator: ", ") + ") STRICT, WITHOUT ROWID"
    }()

    private static let columns = names.map { "\($0)_last, \($0)_version" }.joined(separator: ", ")
    private static let one = "SELECT \(columns) FROM subject_head WHERE subject = ?"
    private static let all = "SELECT \(columns), subject FROM subject_head ORDER BY subject"
    /// Sets what is given and keeps the rest.
    private static let upsert: String = {
        let columns = names.flatMap { ["\($0)_last", "\($0)_version"] }
        let marks = Array(repeating: "?", count: columns.count + 1).joined(separator: ", ")
        let sets = columns.map { "\($0) = coalesce(excluded.\($0), \($0))" }
        return "INSERT INTO subject_head (subject, \(columns.joined(separator: ", "))) "
            + "VALUES (\(marks)) ON CONFLICT DO UPDATE SET \(sets.joined(separator: ", "))"
    }()

    static func streams(_ db: Database, of subject: SubjectTag) throws -> SubjectStreams {
        try Row.fetchOne(try db.cachedStatement(sql: one), arguments: [subject.data])
            .map(streams) ?? SubjectStreams()
    }

    static func forEach(
        _ db: Database, _ body: (SubjectTag, SubjectStreams) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(db, sql: all)
        while let row = try rows.next() {
            guard let tag = SubjectTag(row[names.count * 2] as Data) else {
                throw ProjectionError(
                    .unusable, "A subject head in views/ is damaged; rebuild them.")
            }
            try body(tag, streams(row))
        }
    }

    private static func streams(_ row: Row) -> SubjectStreams {
        var streams = SubjectStreams()
        for (position, stream) in SubjectStreams.order.enumerated() {
            guard let last = row[position * 2] as Int64?,
                let version = row[position * 2 + 1] as Int64?
            else { continue }
            streams[stream] = StreamHead(
                lastIndex: UInt64(clamping: last), version: UInt64(clamping: version))
        }
        return streams
    }

    static func write(_ db: Database, _ subject: SubjectTag, _ streams: SubjectStreams) throws {
        let statement = try db.cachedStatement(sql: upsert)
        var values: [(any DatabaseValueConvertible)?] = [subject.data]
        values.reserveCapacity(1 + 2 * names.count)
        for stream in SubjectStreams.order {
            let head = streams[stream]
            values.append(head.map { Int64($0.lastIndex) })
            values.append(head.map { Int64($0.version) })
        }
        statement.setUncheckedArguments(StatementArguments(values))
        try statement.execute()
    }
}
