import Foundation
import GRDB
import LedgerFormat
import LedgerVerification
import Testing

/// Every change to an entry is found, and the entry is the one that is named.
/// In the standard fixture: 0–7 in segment 1 (groups end at 2, 5, 8), 8–13 in segment 2 (9, 12, 14).
struct TamperedEntryTests {
    @Test func oneByteInPayloadIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.flip(1, table: "entry", column: "payload", row: 3, at: 10)
        #expect(await fixture.failure() == "payload-hash 1/3")
    }

    /// Whichever member is changed, the entry itself is named, not the one that noticed.
    @Test(arguments: [
        "actor\":\"", "id\":\"01900000-0000-7000-8000-", "payloadHash\":\"", "previous\":\"",
        "time\":\"2026-09-21T14:13:20.0", "index\":",
    ])
    func oneByteInHeaderIsNamed(_ member: String) async throws {
        let fixture = try LedgerFixture.standard()
        let at = try fixture.offset(of: member, inHeader: 3) + member.utf8.count
        try fixture.flip(1, table: "entry", column: "header", row: 3, at: at)
        let failure = try #require(await fixture.verify().failure)
        #expect(failure.segment == 1)
        #expect(failure.index == 3, "\(failure)")
    }

    @Test func lastHeaderOfGroupIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        let at = try fixture.offset(of: "tester", inHeader: 4)
        try fixture.flip(1, table: "entry", column: "header", row: 4, at: at)
        #expect(await fixture.failure() == "root-mismatch 1/4")
        // The chain holds to the end of the group: who could rewrite its last entry could rewrite all.
        #expect(await fixture.verify().failure?.indexFrom == 2)
    }

    /// An attacker who rewrites the rest of the group after a changed entry leaves no broken link; the
    /// entry is in the range that is named.
    @Test func rewrittenGroupIsNamedAsARange() async throws {
        let keys = try TestKeys()
        let fixture = try LedgerFixture(keys: keys)
        let honest = try LedgerFixture(keys: keys)
        for (ledger, changed) in [(honest, UInt8(1)), (fixture, 9)] {
            try ledger.begin()
            try ledger.activateKeys()
            var drafts: [EntryDraft] = [.subject(3), .subject(changed), .subject(2)]
            for at in drafts.indices { drafts[at].payload = [UInt8(at)] }
            try ledger.group(drafts, note: ledger === fixture ? honest.notes[5] : nil)
            try ledger.close()
        }
        let failure = try #require(await fixture.verify().failure)
        #expect(failure.code == .rootMismatch)
        #expect(failure.indexFrom == 2 && failure.index == 4)
        #expect(failure.description.contains("one of entries 2 to 4"))
    }

    @Test func goodEntriesOfTheFailingSegmentAreCounted() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.flip(2, table: "entry", column: "payload", row: 11, at: 3)
        let report = await fixture.verify()
        #expect(report.failure?.index == 11)
        #expect(report.entries == 11)
    }

    @Test func brokenLinkInUnsignedTailNamesBothNeighbours() async throws {
        let fixture = try started()
        try fixture.group([.subject(1), .subject(2), .audit()], signed: false)
        try fixture.close()
        let at = try fixture.offset(of: "tester", inHeader: 3)
        try fixture.flip(1, table: "entry", column: "header", row: 3, at: at)
        let failure = try #require(await fixture.verify().failure)
        #expect(failure.code == .chain)
        #expect(failure.indexFrom == 3 && failure.index == 4)
    }

    @Test func clockCorrectionInAnotherStreamIsNone() async throws {
        let fixture = try started()
        var late = EntryDraft.audit()
        late.type = "ClockCorrected"
        late.step = -1
        try fixture.group([.audit(), late])
        try fixture.close()
        #expect(await fixture.failure() == "time-decrease 1/3")
    }

    /// Memory is bounded by the format, not by the ledger's word.
    @Test(arguments: ["name", "publicKey", "use"])
    func announcementOfUnboundedTextIsRefused(_ member: String) async throws {
        let fixture = try started()
        var draft = try EntryDraft.activated(fixture.keys.logKey())
        let members = try CanonicalJSON.read(#require(draft.payload)).members ?? []
        draft.payload = try CanonicalJSON.write(
            .object(
                members.map {
                    $0.name == member
                        ? .init(member, .string(String(repeating: "A", count: 2_000))) : $0
                }))
        try fixture.group([draft])
        try fixture.close()
        #expect(await fixture.failure() == "statement 1/2")
    }

    @Test func announcementThatIsNotCanonicalIsRefused() async throws {
        let fixture = try started()
        var draft = try EntryDraft.activated(fixture.keys.logKey())
        draft.payload?.append(0x20)
        try fixture.group([draft])
        try fixture.close()
        #expect(await fixture.failure() == "statement 1/2")
    }

    @Test func removedRowIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.rewrite(1) { try $0.execute(sql: "DELETE FROM entry WHERE idx = 6") }
        #expect(await fixture.failure() == "index-gap 1/6")
    }

    @Test func removedLastRowIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.rewrite(1) { try $0.execute(sql: "DELETE FROM entry WHERE idx = 7") }
        #expect(await fixture.failure() == "index-gap 1/7")
    }

    @Test func insertedRowIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.rewrite(1) {
            try $0.execute(
                sql: "INSERT INTO entry SELECT 8, header, payload FROM entry WHERE idx = 7")
        }
        #expect(await fixture.failure() == "header 1/8")
    }

    @Test func swappedRowsAreNamed() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.rewrite(1) {
            try $0.execute(sql: "UPDATE entry SET idx = -1 WHERE idx = 3")
            try $0.execute(sql: "UPDATE entry SET idx = 3 WHERE idx = 4")
            try $0.execute(sql: "UPDATE entry SET idx = 4 WHERE idx = -1")
        }
        #expect(await fixture.failure() == "header 1/3")
    }

    @Test func endCutOffActiveSegmentIsNamed() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.rewrite(3) { try $0.execute(sql: "DELETE FROM entry WHERE idx >= 16") }
        #expect(await fixture.failure() == "index-gap 3/16")
    }

    /// The whole tail with boundary and checkpoint: nothing in the ledger itself tells of it, but a
    /// published checkpoint does.
    @Test func endCutOffBehindPublishedCheckpointIsFound() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.rewrite(3) {
            try $0.execute(sql: "DELETE FROM entry WHERE idx >= 15")
            try $0.execute(sql: "DELETE FROM boundary WHERE size > 15")
            try $0.execute(sql: "DELETE FROM checkpoint WHERE size > 15")
        }
        #expect(await fixture.failure() == "checkpoint-malformed 3/-")
    }

    @Test func timeDecreaseIsNamed() async throws {
        let fixture = try started()
        var late = EntryDraft.audit()
        late.step = -1
        try fixture.group([.audit(), late])
        try fixture.close()
        #expect(await fixture.failure() == "time-decrease 1/3")
    }

    @Test(arguments: [" ", "\n"])
    func nonCanonicalHeaderIsNamed(_ space: String) async throws {
        let fixture = try started()
        var loose = EntryDraft.audit()
        loose.rewriteHeader = { $0.dropLast() + Array((space + "}").utf8) }
        try fixture.group([loose])
        try fixture.close()
        #expect(await fixture.failure() == "header 1/2")
    }

    @Test func headerWithMembersInOtherOrderIsNamed() async throws {
        let fixture = try started()
        var loose = EntryDraft.audit()
        loose.rewriteHeader = { header in
            let text = String(decoding: header, as: UTF8.self)
            return Array(
                ("{\"format\":1,"
                    + text.dropFirst().replacingOccurrences(of: "\"format\":1,", with: "")).utf8)
        }
        try fixture.group([loose])
        try fixture.close()
        #expect(await fixture.failure() == "header 1/2")
    }

    @Test func skippedSubjectVersionIsNamed() async throws {
        let fixture = try started()
        var skipped = EntryDraft.subject(1)
        skipped.subjectVersion = 3
        try fixture.group([.subject(1), skipped])
        try fixture.close()
        #expect(await fixture.failure() == "subject-successor 1/3")
    }

    @Test func wrongSubjectPredecessorIsNamed() async throws {
        let fixture = try started()
        var wrong = EntryDraft.subject(1)
        wrong.subjectPrevious = .some(.some(3))
        try fixture.group([.subject(1), .subject(2), wrong])
        try fixture.close()
        #expect(await fixture.failure() == "subject-successor 1/4")
    }

    @Test func secondFirstEntryOfSubjectIsNamed() async throws {
        let fixture = try started()
        var again = EntryDraft.subject(1)
        again.subjectVersion = 1
        again.subjectPrevious = .some(nil)
        try fixture.group([.subject(1), again])
        try fixture.close()
        #expect(await fixture.failure() == "subject-successor 1/3")
    }

    @Test func oversizedPayloadIsRefusedUnread() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.rewrite(3) {
            try $0.execute(sql: "UPDATE entry SET payload = zeroblob(1048577) WHERE idx = 15")
        }
        #expect(await fixture.failure() == "payload-size 3/15")
    }

    @Test func hugeRowIsRefusedUnread() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.rewrite(3) {
            try $0.execute(sql: "UPDATE entry SET payload = zeroblob(200000000) WHERE idx = 15")
        }
        let failure = try #require(await fixture.verify().failure)
        #expect(failure.code == .database || failure.code == .payloadSize, "\(failure)")
    }

    @Test func hugeIndexDoesNotLoop() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.rewrite(3) {
            try $0.execute(
                sql: "INSERT INTO entry VALUES (9007199254740990, x'00', x'00')")
        }
        #expect(await fixture.failure() == "index-gap 3/18")
    }

    private func started() throws -> LedgerFixture {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        return fixture
    }
}
