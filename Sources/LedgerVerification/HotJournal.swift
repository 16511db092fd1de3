internal import Foundation
internal import LedgerFormat

/// The rollback journal that lies beside a segment whose writer was killed while it created it (FORMAT 5.1).
///
/// SQLite, sqlite.org/fileformat2.html section 3 and `readSuperJournal` in pager.c: a journal of a transaction over
/// several databases ends in
///
///     page number (4) ‖ name of the super-journal ‖ length of the name (4) ‖ checksum (4) ‖ D9D505F920A163D7
enum HotJournal {
    private static let superJournalMagic: [UInt8] = [
        0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7,
    ]

    /// Must be asked before SQLite opens the database: after the roll-back it reads the file that the journal names
    /// and *deletes* it, wherever it lies, when nothing in it points back. No segment is ever written together
    /// with another database, so such a journal is refused.
    ///
    /// - Throws: `unreadable`, or `database` when the journal names another.
    static func check(_ path: String, of segment: String) throws(VerificationFailure) {
        let end = try EvidenceFile.end(path, count: superJournalMagic.count)
        guard end != superJournalMagic else {
            throw VerificationFailure(
                .database, file: segment,
                "its journal names the journal of several databases, which no segment has; SQLite would "
                    + "delete the file of that name")
        }
    }
}
