import ContactModel
import Foundation
import LedgerFormat

/// Rows of table `dsr_request`.
enum RequestRow {
    static let columns =
        "id, subject, position, label, kind, state, received_at, extended, jurisdiction, channel, purposes, reasons"

    static let create = [
        // `id`: 16 bytes. `position`, `label`: of the `DSRReceived`. `due`: the last day in time. `is_open`: somebody waits for an answer.
        "CREATE TABLE dsr_request (id BLOB PRIMARY KEY, subject BLOB NOT NULL, position INTEGER NOT NULL, label TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, is_open INTEGER NOT NULL, received_at TEXT NOT NULL, due TEXT NOT NULL, extended INTEGER NOT NULL, jurisdiction TEXT NOT NULL, channel TEXT NOT NULL, purposes TEXT NOT NULL, reasons TEXT NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE INDEX dsr_request_open ON dsr_request (due, position) WHERE is_open = 1",
        "CREATE INDEX dsr_request_state ON dsr_request (state, due, position)",
        "CREATE INDEX dsr_request_subject ON dsr_request (subject)",
        // Entries that a request went on by.
        "CREATE TABLE dsr_step (request BLOB NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (request, position)) STRICT, WITHOUT ROWID",
        // What requests left behind of a contact: gone with it. `request`: which one it answers.
        "CREATE TABLE restriction (subject BLOB NOT NULL, request BLOB NOT NULL, PRIMARY KEY (subject, request)) STRICT, WITHOUT ROWID",
        "CREATE TABLE objection (subject BLOB NOT NULL, position INTEGER NOT NULL, purposes TEXT NOT NULL, objected_at TEXT NOT NULL, PRIMARY KEY (subject, position)) STRICT, WITHOUT ROWID",
    ]

    /// Kinds that ask for an erasure, as a list of SQL.
    static let erasing = DSRKind.allCases.filter { $0.effect == .erasure }
        .map { "'\($0.rawValue)'" }.joined(separator: ", ")

    /// Nil: no row of ours.
    static func record(_ row: RawStatement) -> RequestRecord? {
        guard let id = EntityID(bytes: Array(row.bytes(0))), let subject = SubjectTag(row.bytes(1)),
            let kind = DSRKind(rawValue: row.text(4)), let state = DSRState(rawValue: row.text(5)),
            let receivedAt = Timestamp(text: row.text(6))
        else { return nil }
        return RequestRecord(
            id: id, subject: subject, position: row.number(2), label: row.text(3),
            standing: DSRCase(
                kind: kind, receivedAt: receivedAt, state: state, isExtended: row.number(7) != 0),
            jurisdiction: row.text(8), channel: row.text(9),
            purposeCodes: PurposeList.decode(row.text(10)),
            reasons: PurposeList.decode(row.text(11)))
    }
}
