import Foundation
import GRDB
import LedgerFormat
import LedgerVerification
import Testing

/// What holds is verified, and reported for what it is.
struct IntactLedgerTests {
    @Test func intactLedgerIsVerified() async throws {
        let fixture = try LedgerFixture.standard()
        let report = await fixture.verify()
        #expect(report.failure == nil)
        #expect(report.outcome == .verified)
        #expect(report.entries == fixture.frontier.size)
        #expect(report.root == fixture.frontier.root.hex)
        #expect(report.segments == 3)
        #expect(report.sealedSegments == 2)
        #expect(report.signedSize == fixture.frontier.size)
        #expect(report.unsignedTail == 0)
        #expect(report.origin == TestKeys.origin)
        #expect(report.keys.count == 2)
    }

    @Test func liveTailIsReportedNotFailed() async throws {
        let fixture = try LedgerFixture.standard()
        let report = await fixture.verify()
        #expect(report.liveTail == 4)
        #expect(report.outcome == .verified)
    }

    /// What a crash between commit and signature leaves: no failure, but not everything holds either.
    @Test func unsignedTailIsVerifiedInPart() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.group([.subject(1), .audit()], signed: false)
        try fixture.group([.audit()], signed: false)
        try fixture.close()
        let report = await fixture.verify()
        #expect(report.failure == nil)
        #expect(report.signedSize == 2)
        #expect(report.unsignedTail == 3)
        #expect(report.outcome == .partial)
        #expect(report.notChecked.contains { $0.contains("last 3 entries") })
    }

    @Test func unsignedTailOverSeveralSegmentsIsCountedWhole() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.group([.subject(1)], signed: false)
        try fixture.close()
        try fixture.begin()
        try fixture.group([.subject(2)], signed: false)
        try fixture.close()
        let report = await fixture.verify()
        #expect(report.failure == nil)
        #expect(report.unsignedTail == 2)
        #expect(report.outcome == .partial)
    }

    @Test func emptyActiveSegmentIsFine() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.seal()
        try fixture.begin()
        try fixture.close()
        let report = await fixture.verify()
        #expect(report.failure == nil)
        #expect(report.segments == 2)
    }

    @Test func ledgerIsVerifiedWhileItIsWritten() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        for _ in 0..<20 {
            try fixture.group([.subject(1), .audit()])
            let report = await fixture.verify()
            #expect(report.failure == nil)
            #expect(report.entries == fixture.frontier.size)
        }
        try fixture.close()
    }

    @Test func clockCorrectedMayGoBack() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        var correction = EntryDraft.audit()
        correction.stream = .policy
        correction.type = "ClockCorrected"
        correction.step = -5_000_000
        try fixture.group([correction, .audit()])
        try fixture.close()
        #expect(await fixture.failure() == "none")
    }

    /// The publisher stalled for longer than anyone remembers roots: nothing is wrong, but it is said.
    @Test func publishedCheckpointOfLongAgoDoesNotFailAnHonestLedger() async throws {
        let fixture = try LedgerFixture.standard()
        var whole = LedgerVerifier(trust: fixture.trust)
        let first = try await whole.verify(segment(1, fixture))
        let state = LedgerState(
            generation: 1, origin: TestKeys.origin, lastSegment: 1, previousLeaf: first.lastLeaf,
            lastTime: whole.state.lastTime, frontier: try #require(whole.state.frontier),
            previousManifest: first.manifestHash, subjectHeads: whole.state.subjectHeads())
        try fixture.rewrite(2) { db in
            for size in [UInt64(2), 5] {
                try db.execute(
                    sql: "INSERT INTO published VALUES (?, ?)",
                    arguments: [size, Data(try Test.unwrap(fixture.notes[size]))])
            }
        }
        var resumed = LedgerVerifier(trust: fixture.trust, state: state)
        _ = try await resumed.verify(
            UnverifiedSegment(number: 2, path: fixture.path(2), manifestPath: nil))
        // One line for all of them: a hostile segment can have millions.
        #expect(resumed.notChecked.filter { $0.contains("published checkpoints") }.count == 1)
        #expect(resumed.notChecked.contains { $0.hasSuffix(": 2") })
    }

    @Test func publishedCheckpointOfTheSegmentBeforeIsFound() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        try fixture.group([.subject(1)])
        try fixture.seal()
        try fixture.begin()
        // The publisher persists what it serves in the segment that is active then.
        try fixture.publish()
        try fixture.group([.audit()])
        try fixture.close()
        #expect(await fixture.failure() == "none")
    }

    @Test func writeAheadLogBesideSealedSegmentIsNotRead() async throws {
        let fixture = try LedgerFixture.standard()
        try fixture.write(Array("not a write-ahead log".utf8), to: fixture.path(1) + "-wal")
        let report = await fixture.verify()
        #expect(report.failure == nil)
        #expect(report.notes.contains { $0.contains("-wal") })
    }

    @Test func manyLogsBesideSealedSegmentsAreCounted() throws {
        let fixture = try LedgerFixture()
        for number in UInt64(1)...15 {
            for path in [fixture.path(number), fixture.manifestPath(number)] {
                try fixture.write([], to: path)
            }
            for log in ["-wal", "-journal"] {
                try fixture.write([], to: fixture.path(number) + log)
            }
        }
        let notes = try LedgerEvidence(directory: fixture.ledger).notes
        #expect(notes.count == 21)
        #expect(notes.last?.hasPrefix("10 more") == true)
    }

    @Test func manyChunksAndGroupsKeepTheirOrder() async throws {
        let fixture = try LedgerFixture()
        try fixture.begin()
        try fixture.activateKeys()
        for _ in 0..<90 {
            try fixture.group((0..<60).map { _ in .audit() })
        }
        try fixture.seal()
        let report = await fixture.verify()
        #expect(report.failure == nil)
        #expect(report.entries == 5_402)
        #expect(report.root == fixture.frontier.root.hex)
    }

    @Test func justSealedSegmentIsVerifiedFromTheStateBefore() async throws {
        let fixture = try LedgerFixture.standard()
        var whole = LedgerVerifier(trust: fixture.trust)
        let first = try await whole.verify(segment(1, fixture))
        let state = LedgerState(
            generation: 1, origin: TestKeys.origin, lastSegment: 1, previousLeaf: first.lastLeaf,
            lastTime: whole.state.lastTime, frontier: try #require(whole.state.frontier),
            previousManifest: first.manifestHash, subjectHeads: whole.state.subjectHeads())
        var resumed = LedgerVerifier(trust: fixture.trust, state: state)
        let second = try await resumed.verify(segment(2, fixture))
        #expect(second.root == (try await whole.verify(segment(2, fixture))).root)
    }

    private func segment(_ number: UInt64, _ fixture: LedgerFixture) -> UnverifiedSegment {
        UnverifiedSegment(
            number: number, path: fixture.path(number), manifestPath: fixture.manifestPath(number))
    }
}
