public import ContactModel
import Foundation
import LedgerFormat

/// Writes table `legal_hold`: a row for each hold of a contact, gone with it.
final class HoldTable: Sendable {
    /// `position`: of the `LegalHoldPlaced`. `placed_at`, `released_at`: times of the entries.
    static let create =
        "CREATE TABLE legal_hold (subject BLOB NOT NULL, id BLOB NOT NULL, position INTEGER NOT NULL, reason TEXT NOT NULL, placed_at TEXT NOT NULL, until TEXT, released_at TEXT, PRIMARY KEY (subject, id)) STRICT, WITHOUT ROWID"
    static let columns = "id, position, reason, placed_at, until, released_at"

    private let place: RawStatement
    private let release: RawStatement

    init(_ statements: StatementSet) throws {
        place = try statements.prepare(
            """
            INSERT OR IGNORE INTO legal_hold (subject, id, position, reason, placed_at, until)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
        release = try statements.prepare(
            """
            UPDATE legal_hold SET released_at = ?
            WHERE subject = ? AND id = ? AND released_at IS NULL
            """)
    }

    func project(
        _ event: LegalHoldEvent, _ subject: SubjectTag, _ time: LedgerTime, at position: UInt64
    ) throws {
        guard let id = try? EntityID(event.holdID) else { return }
        switch event {
        case .placed(let event):
            place.bind(1, blob: subject)
            place.bind(2, blob: Data(id.bytes))
            place.bind(3, position)
            place.bind(4, event.reason.rawValue)
            place.bind(5, time.text)
            place.bind(6, event.until)
            try place.run()
        case .released:
            release.bind(1, time.text)
            release.bind(2, blob: subject)
            release.bind(3, blob: Data(id.bytes))
            try release.run()
        }
    }

    /// Nil: no row of ours.
    static func record(_ row: RawStatement) -> HoldRecord? {
        guard let id = EntityID(bytes: Array(row.bytes(0))),
            let reason = LegalHoldReason(rawValue: row.text(2))
        else { return nil }
        var until: Timestamp?
        if !row.isNull(4) {
            guard let time = Timestamp(text: row.text(4)) else { return nil }
            until = time
        }
        return HoldRecord(
            hold: LegalHold(id: id, reason: reason, until: until), position: row.number(1),
            placedAt: row.text(3), releasedAt: row.isNull(5) ? nil : row.text(5))
    }
}

/// A hold of a contact, in force or not any more.
public struct HoldRecord: Hashable, Sendable {
    public let hold: LegalHold
    /// Of the `LegalHoldPlaced`.
    public let position: UInt64
    /// FORMAT 2.1 time.
    public let placedAt: String
    /// FORMAT 2.1 time; nil: it is not.
    public let releasedAt: String?

    public func isInForce(at time: Timestamp) -> Bool {
        releasedAt == nil && hold.isInForce(at: time)
    }
}
