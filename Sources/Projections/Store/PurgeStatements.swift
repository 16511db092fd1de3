import LedgerFormat

/// Takes a contact out of every table but the heads of its streams, which name nobody. What is deleted is overwritten
/// (`secure_delete`).
final class PurgeStatements: Sendable {
    private let contact: RawStatement
    private let find: RawStatement
    private let unique: RawStatement
    private let word: RawStatement
    private let bySubject: [RawStatement]

    init(_ statements: StatementSet) throws {
        contact = try statements.prepare("SELECT contact FROM subject WHERE tag = ?")
        find = try statements.prepare(
            "SELECT unique_values, name_words FROM contact WHERE id = ?")
        unique = try statements.prepare(
            "DELETE FROM unique_value WHERE index_name = ? AND value = ? AND subject = ?")
        word = try statements.prepare("DELETE FROM name_word WHERE word = ? AND contact = ?")
        bySubject = try [
            "DELETE FROM contact WHERE id = (SELECT contact FROM subject WHERE tag = ?1) AND subject = ?1",
            "UPDATE subject SET contact = NULL WHERE tag = ?1",
            "DELETE FROM attribute WHERE subject = ?1",
            "DELETE FROM consent WHERE subject = ?1",
            "DELETE FROM provenance WHERE subject = ?1",
            "DELETE FROM subject_event WHERE subject = ?1",
            "DELETE FROM sharing WHERE subject = ?1",
            "DELETE FROM restriction WHERE subject = ?1",
            "DELETE FROM objection WHERE subject = ?1",
            "DELETE FROM enrichment_step WHERE enrichment IN (SELECT id FROM enrichment WHERE subject = ?1)",
            "DELETE FROM enrichment WHERE subject = ?1",
            "DELETE FROM enrichment_vendor WHERE subject = ?1",
            "DELETE FROM legal_hold WHERE subject = ?1",
        ].map { try statements.prepare($0) }
    }

    func run(_ tag: SubjectTag) throws {
        contact.bind(1, blob: tag)
        if let id = try contact.first({ $0.isNull(0) ? nil : $0.number(0) }) ?? nil {
            try freeIndexValues(tag, of: id)
        }
        for statement in bySubject {
            statement.bind(1, blob: tag)
            try statement.run()
        }
    }

    /// Nobody finds the contact by them any more, and others may have its address.
    func freeIndexValues(_ tag: SubjectTag, of contact: UInt64) throws {
        find.bind(1, contact)
        let found = try find.first { row in
            (UniqueValueList.decode(row.bytes(0)), NameIndex(row.bytes(1)))
        }
        guard let (values, index) = found else { return }
        for value in values {
            unique.bind(1, value.index)
            unique.bind(2, blob: value.value)
            unique.bind(3, blob: tag)
            try unique.run()
        }
        for name in index?.words ?? [] {
            word.bind(1, UInt64(name))
            word.bind(2, contact)
            try word.run()
        }
    }
}
