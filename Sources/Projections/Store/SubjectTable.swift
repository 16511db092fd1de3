import Foundation
import GRDB
import LedgerFormat

/// Rows of table `subject`: a tag, its contact, and for each stream the newest entry. Narrow, as every append writes
/// one of them to a random place.
enum SubjectTable {
    private static let names = SubjectStreams.order.map(\.rawValue)
    private static let heads = names.flatMap { ["\($0)_last", "\($0)_version"] }

    /// `contact`: id in table `contact`. `version`: position of the newest entry that is not an audit entry, `updated_at` its
    /// time. All null where there is no such thing.
    static let create =
        "CREATE TABLE subject (tag BLOB PRIMARY KEY, contact INTEGER, version INTEGER, updated_at TEXT, "
        + heads.map { "\($0) INTEGER" }.joined(separator: ", ") + ") STRICT, WITHOUT ROWID"

    /// Every subject with its heads, in the order of FORMAT 5.2.
    static let all = "SELECT tag, \(heads.joined(separator: ", ")) FROM subject ORDER BY tag"

    /// A subject and its contact: rows of the two that name each other.
    static let joinedContact = "contact c ON c.id = s.contact AND c.subject = s.tag"

    /// What a decision needs: contact (id, label, version) and heads.
    static let one = """
        SELECT c.contact_id, c.label, s.version, \(heads.map { "s.\($0)" }.joined(separator: ", "))
        FROM subject s LEFT JOIN \(joinedContact) WHERE s.tag = ?
        """

    /// Tag, label and version of the contact with an id.
    static let headByContactID =
        "SELECT s.tag, c.label, s.version FROM subject s JOIN \(joinedContact) WHERE c.contact_id = ?"

    /// Sets what is given and keeps the rest.
    static let write: String = {
        let columns = ["contact", "version", "updated_at"] + heads
        let marks = Array(repeating: "?", count: columns.count + 1).joined(separator: ", ")
        let sets = columns.map { "\($0) = coalesce(excluded.\($0), \($0))" }
        return "INSERT INTO subject (tag, \(columns.joined(separator: ", "))) VALUES (\(marks)) "
            + "ON CONFLICT DO UPDATE SET \(sets.joined(separator: ", "))"
    }()

    static let clearHeads =
        "UPDATE subject SET " + heads.map { "\($0) = NULL" }.joined(separator: ", ")

    /// The heads in a row whose columns begin at `column`.
    static func streams(_ row: RawStatement, from column: Int32) -> SubjectStreams {
        var streams = SubjectStreams()
        for (position, stream) in SubjectStreams.order.enumerated() {
            let last = column + Int32(position) * 2
            guard !row.isNull(last), !row.isNull(last + 1) else { continue }
            streams[stream] = StreamHead(lastIndex: row.number(last), version: row.number(last + 1))
        }
        return streams
    }

    static func bind(_ streams: SubjectStreams, to row: RawStatement, from position: Int32) {
        var position = position
        for stream in SubjectStreams.order {
            let head = streams[stream]
            row.bind(position, head.map { Int64(clamping: $0.lastIndex) })
            row.bind(position + 1, head.map { Int64(clamping: $0.version) })
            position += 2
        }
    }
}
