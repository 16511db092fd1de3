import Foundation
import GRDB
import LedgerFormat
import LedgerVerification
import Testing

/// What nobody signed is not verified, whatever else holds.
struct UnsignedLedgerTests {
    @Test func ledgerWithoutAnySignatureFails() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.group(
            [.activated(fixture.keys.logKey()), .activated(fixture.keys.manifestKey())],
            signed: false)
        try fixture.group([.subject(1)], signed: false)
        try fixture.close()
        #expect(await fixture.failure() == "checkpoint-missing 1/2")
    }

    /// A later segment may not be signed over the head of an unsigned one.
    @Test func unsealedSegmentWithoutItsLastCheckpointsIsFound() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.group([.subject(1)])
        try fixture.close()
        try fixture.begin()
        try fixture.group([.audit()])
        try fixture.close()
        #expect(await fixture.failure() == "none")
        try fixture.rewrite(1) { try $0.execute(sql: "DELETE FROM checkpoint WHERE size = 3") }
        #expect(await fixture.failure() == "checkpoint-missing 2/2")
    }

    @Test func longUnsignedTailIsNoAccident() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        let drafts = (0..<4_096).map { _ in EntryDraft.audit() }
        for _ in 0..<16 { try fixture.group(drafts, signed: false) }
        let within = await fixture.verify()
        #expect(within.failure == nil)
        #expect(within.outcome == .partial)
        #expect(within.unsignedTail == LedgerLimits.maxUnsignedTail)
        try fixture.group([.audit()], signed: false)
        let failure = await fixture.verify().failure
        #expect(failure?.code == .checkpointMissing)
        #expect(failure?.indexFrom == 2)
        try fixture.close()
    }

    @Test func generationOfTheTrustFileThatIsNotHereIsMissed() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.trust(
            generations: [1, 2], keys: [fixture.keys.logKey(), fixture.keys.manifestKey()])
        #expect(await fixture.failure() == "generation-missing -/-")
        let files = try LedgerEvidence(files: [fixture.path(1)])
        let report = await files.verify(trust: fixture.trust)
        #expect(report.failure == nil)
        #expect(report.outcome == .partial)
        #expect(report.notChecked.contains { $0.hasPrefix("generation 2") })
    }

    @Test func generationThatNobodyTrustsIsRefused() async throws {
        let fixture = try LedgerFixture.standard()
        let trust = try TrustFile(generations: [
            .init(generation: 2, origin: "test.localhost/g2", keys: [])
        ])
        #expect(await fixture.verify(trust: trust).failure?.code == .generationUntrusted)
    }
}
