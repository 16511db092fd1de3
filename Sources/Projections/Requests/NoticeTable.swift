import ContactModel
import Foundation
public import LedgerFormat

/// Writes table `notice`: whom data was given and who is to be told of what became of it; it outlives the contact.
final class NoticeTable: Sendable {
    /// `request`: 16 bytes, of a request or of an order to erase. `queued`, `notified`: positions. `label`: of the `RecipientNoticeQueued`.
    static let create =
        "CREATE TABLE notice (request BLOB NOT NULL, recipient TEXT NOT NULL, subject BLOB NOT NULL, label TEXT NOT NULL, queued INTEGER NOT NULL, omitted INTEGER NOT NULL, notified INTEGER, notified_at TEXT, channel TEXT, PRIMARY KEY (request, recipient)) STRICT, WITHOUT ROWID"
    static let columns =
        "recipient, subject, label, queued, omitted, notified, notified_at, channel"

    private let queue: RawStatement
    private let notify: RawStatement

    init(_ statements: StatementSet) throws {
        queue = try statements.prepare(
            """
            INSERT OR IGNORE INTO notice (request, recipient, subject, label, queued, omitted)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
        notify = try statements.prepare(
            """
            UPDATE notice SET notified = ?, notified_at = ?, channel = ?
            WHERE request = ? AND recipient = ? AND subject = ? AND notified IS NULL
            """)
    }

    func queue(
        _ event: RecipientNoticeQueued, _ id: EntityID, _ subject: SubjectTag, _ label: String,
        at position: UInt64
    ) throws {
        queue.bind(1, blob: Data(id.bytes))
        queue.bind(2, event.recipient)
        queue.bind(3, blob: subject)
        queue.bind(4, label)
        queue.bind(5, position)
        queue.bind(6, event.omitted ?? 0)
        try queue.run()
    }

    func notify(
        _ event: RecipientNotified, _ id: EntityID, _ subject: SubjectTag, at position: UInt64
    ) throws {
        notify.bind(1, position)
        notify.bind(2, event.notifiedAt)
        notify.bind(3, event.channel.rawValue)
        notify.bind(4, blob: Data(id.bytes))
        notify.bind(5, event.recipient)
        notify.bind(6, blob: subject)
        try notify.run()
    }

    /// Nil: no row of ours.
    static func record(_ row: RawStatement) -> NoticeRecord? {
        guard let subject = SubjectTag(row.bytes(1)) else { return nil }
        return NoticeRecord(
            recipient: row.text(0), subject: subject, label: row.text(2), queued: row.number(3),
            omitted: row.number(4),
            delivery: row.isNull(5)
                ? nil
                : NoticeRecord.Delivery(
                    position: row.number(5), time: row.text(6), channel: row.text(7)))
    }
}

/// Somebody who is to be told, or was.
public struct NoticeRecord: Hashable, Sendable {
    /// The id of a system.
    public let recipient: String
    public let subject: SubjectTag
    /// Of the `RecipientNoticeQueued`.
    public let label: String
    /// Of the `RecipientNoticeQueued`.
    public let queued: UInt64
    /// Others who are to be told and have no row.
    public let omitted: UInt64
    /// Nil: still to be told.
    public let delivery: Delivery?

    public struct Delivery: Hashable, Sendable {
        /// Of the `RecipientNotified`.
        public let position: UInt64
        /// `Timestamp` text: when they were told.
        public let time: String
        public let channel: String
    }
}
