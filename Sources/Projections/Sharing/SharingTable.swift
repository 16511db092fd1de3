import ContactModel
import Foundation
import LedgerFormat

/// Writes table `sharing`: a row for each `SharingRecorded` of a contact, in the order of the ledger.
final class SharingTable: Sendable {
    /// `label`: what `recipient_name` is bound to. `seen_label`: see `SeenLabels`.
    /// `revoked`, `revoked_at`: position and time of the first `SharingRevoked`.
    static let create = [
        "CREATE TABLE sharing (position INTEGER PRIMARY KEY, subject BLOB NOT NULL, id TEXT NOT NULL, recipient TEXT NOT NULL, recipient_name BLOB NOT NULL, label TEXT NOT NULL, seen_label TEXT NOT NULL, purpose TEXT NOT NULL, legal_basis TEXT NOT NULL, attributes TEXT NOT NULL, shared_at TEXT NOT NULL, expires_at TEXT, revoked INTEGER, revoked_at TEXT) STRICT",
        "CREATE INDEX sharing_id ON sharing (id, position)",
        "CREATE INDEX sharing_subject ON sharing (subject, seen_label, position)",
        "CREATE INDEX sharing_recipient ON sharing (recipient, seen_label, position)",
    ]

    private let record: RawStatement
    private let revoke: RawStatement
    private let labels: SeenLabels

    init(_ statements: StatementSet) throws {
        record = try statements.prepare(
            """
            INSERT OR REPLACE INTO sharing (position, subject, id, recipient, recipient_name, label, seen_label,
            purpose, legal_basis, attributes, shared_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        revoke = try statements.prepare(
            """
            UPDATE sharing SET revoked = ?, revoked_at = ?
            WHERE subject = ? AND id = ? AND revoked IS NULL
            """)
        labels = try SeenLabels(of: "sharing", statements)
    }

    /// - Parameter contact: the contact's label.
    func record(
        _ event: SharingRecorded, at position: UInt64, _ tag: SubjectTag, label: String,
        contact: String
    ) throws {
        record.bind(1, position)
        record.bind(2, blob: tag)
        record.bind(3, event.sharingId)
        record.bind(4, event.recipientId)
        record.bind(5, blob: SealedBlob.encode(event.recipientName))
        record.bind(6, label)
        record.bind(7, SeenLabels.seen(label, contact))
        record.bind(8, event.purpose)
        record.bind(9, event.legalBasis.rawValue)
        record.bind(10, PurposeList.encode(event.attributes))
        record.bind(11, event.sharedAt)
        record.bind(12, event.expiresAt)
        try record.run()
    }

    func revoke(
        _ event: SharingRevoked, at position: UInt64, _ time: LedgerTime, _ tag: SubjectTag
    ) throws {
        revoke.bind(1, position)
        revoke.bind(2, time.text)
        revoke.bind(3, blob: tag)
        revoke.bind(4, event.sharingId)
        try revoke.run()
    }

    /// The contact bears another label from here on.
    func relabel(_ tag: SubjectTag, _ contact: String) throws {
        try labels.relabel(tag, contact)
    }
}
