import Foundation
import LedgerFormat
import LedgerVerification
import Testing

/// Of all that lies beside a segment, a rollback journal alone makes SQLite write, and delete.
struct HotJournalTests {
    /// SQLite deletes the file that the journal names, whoever owns it.
    @Test func journalThatNamesAnotherFileDeletesNothing() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.begin()
        try fixture.close()
        let victim = fixture.directory.file("id_ed25519")
        try fixture.write(Array("precious".utf8), to: victim)
        try fixture.leaveHotJournal(4, superJournal: victim)
        #expect(await fixture.failure() == "database 4/-")
        #expect(try fixture.bytes(victim) == Array("precious".utf8))
    }

    /// A ledger that was killed while it opened a segment for the first time can be verified as it lies.
    @Test func journalOfASegmentWithoutEntriesIsRolledBackOnACopy() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.begin()
        try fixture.close()
        try fixture.leaveHotJournal(4)
        let before = try ["", "-journal"].map { try fixture.bytes(fixture.path(4) + $0) }
        let report = await fixture.verify()
        #expect(report.failure == nil)
        #expect(report.outcome == .verified)
        #expect(report.segments == 4)
        #expect(try ["", "-journal"].map { try fixture.bytes(fixture.path(4) + $0) } == before)
    }

    /// What a journal could take back was signed and acknowledged.
    @Test func journalBesideASegmentWithEntriesIsRefused() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.write([1, 2, 3], to: fixture.path(3) + "-journal")
        #expect(await fixture.failure() == "database 3/-")
    }
}
