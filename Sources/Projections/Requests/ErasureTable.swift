public import ContactModel
import Foundation
public import LedgerFormat

/// Writes table `erased`: a row for each person that an order to erase is about, and it outlives the contact.
final class ErasureTable: Sendable {
    /// `id`: 16 bytes, of the order's header. `ordered`, `erased`: positions of the `ErasureOrdered` and the `SubjectErased`. `label`: the order's.
    static let create =
        "CREATE TABLE erased (subject BLOB PRIMARY KEY, id BLOB NOT NULL UNIQUE, ordered INTEGER NOT NULL, erased INTEGER, label TEXT NOT NULL) STRICT, WITHOUT ROWID"
    static let columns = "subject, id, ordered, erased, label"

    private let order: RawStatement
    private let finish: RawStatement

    init(_ statements: StatementSet) throws {
        order = try statements.prepare(
            "INSERT OR IGNORE INTO erased (subject, id, ordered, label) VALUES (?, ?, ?, ?)")
        finish = try statements.prepare(
            "UPDATE erased SET erased = ? WHERE subject = ? AND erased IS NULL")
    }

    func order(_ subject: SubjectTag, _ header: EntryHeader, at position: UInt64) throws {
        guard let id = try? EntityID(header.id) else { return }
        order.bind(1, blob: subject)
        order.bind(2, blob: Data(id.bytes))
        order.bind(3, position)
        order.bind(4, header.label)
        try order.run()
    }

    func finish(_ subject: SubjectTag, at position: UInt64) throws {
        finish.bind(1, position)
        finish.bind(2, blob: subject)
        try finish.run()
    }

    /// Nil: no row of ours.
    static func record(_ row: RawStatement) -> ErasureRecord? {
        guard let subject = SubjectTag(row.bytes(0)), let id = EntityID(bytes: Array(row.bytes(1)))
        else { return nil }
        return ErasureRecord(
            id: id, subject: subject, ordered: row.number(2),
            erased: row.isNull(3) ? nil : row.number(3), label: row.text(4))
    }
}

/// A person is to be forgotten, or is.
public struct ErasureRecord: Hashable, Sendable {
    /// Of the order: its header's `id`.
    public let id: EntityID
    public let subject: SubjectTag
    /// Of the `ErasureOrdered`.
    public let ordered: UInt64
    /// Of the `SubjectErased`; nil: the keeper has not done it yet.
    public let erased: UInt64?
    /// Of the `ErasureOrdered`.
    public let label: String
}
