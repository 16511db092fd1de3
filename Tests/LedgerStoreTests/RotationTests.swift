import Foundation
import LedgerFormat
import TestSupport
import Testing

@testable import LedgerStore

@Suite(.timeLimit(.minutes(2))) struct RotationTests {
    @Test func aRotationThatFailsLeavesNothingBehind() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        fixture.failOnce(at: .successorCreated)
        await #expect { try await ledger.seal(actor: "operator", requestID: "r") } throws: {
            ($0 as? LedgerStoreError)?.code == .unavailable
        }
        let receipt = try await ledger.appendOne(Drafts.create(Drafts.Person("bob")))
        await ledger.close(sealing: false)

        ledger = try await fixture.open()
        #expect(ledger.status.activeSegment == 1)
        #expect(try ledger.leafHash(index: receipt.index) == receipt.leafHash)
        _ = try await ledger.seal(actor: "operator", requestID: "r")
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// The disk failed in such a way that even the removal did not last.
    @Test func aSuccessorThatCouldNotBeTakenBackIsDroppedOnTheNextStart() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        let successor = fixture.segment(2).path
        let aside = fixture.root + "/aside"
        fixture.onFault { point in
            guard point == .successorCreated else { return }
            try FileManager.default.copyItem(atPath: successor, toPath: aside)
            throw LedgerFixture.Broken()
        }
        await #expect(throws: LedgerStoreError.self) { try await ledger.rotate() }
        fixture.onFault(nil)
        let receipt = try await ledger.appendOne(Drafts.create(Drafts.Person("bob")))
        await ledger.close(sealing: false)
        try FileManager.default.moveItem(atPath: aside, toPath: successor)

        ledger = try await fixture.open()
        #expect(ledger.status.activeSegment == 1)
        #expect(!FileManager.default.fileExists(atPath: successor))
        #expect(try ledger.leafHash(index: receipt.index) == receipt.leafHash)
        let result = try await ledger.seal(actor: "operator", requestID: "r")
        #expect(result.segment == 1)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// Until a successor is in WAL mode a kill leaves a journal beside it that only a writer can roll back.
    @Test func aKillWhileTheSuccessorIsOpenedFirstIsMendedByTheNextStart() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let receipt = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        let captured = fixture.imageOnce(at: .successorCreated)
        _ = try await ledger.rotate()
        fixture.onFault(nil)
        await ledger.close(sealing: false)

        let image = try #require(captured.fixture)
        try HotJournal.leave(beside: image.segment(2).path)
        let recovered = try await image.open()
        #expect(try recovered.leafHash(index: receipt.index) == receipt.leafHash)
        _ = try await recovered.appendOne(Drafts.create(Drafts.Person("bob")))
        await recovered.close()
        try await image.check(unsignedTail: 0)
    }

    /// With a group in flight that nobody signs, a rotation would wait, and everything behind it.
    @Test func aRotationWhileTheKeeperIsAwayIsRefusedAndBlocksNobody() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        fixture.signer.change { $0.isAway = true }
        let waiting = Task { try await ledger.append(Drafts.read()) }
        while ledger.status.durableSize == 2 { await Task.yield() }
        await #expect { try await ledger.rotate() } throws: {
            ($0 as? LedgerStoreError)?.code == .unavailable
        }
        fixture.signer.change { $0.isAway = false }
        _ = try await waiting.value
        _ = try await ledger.append(Drafts.read())
        _ = try await ledger.seal(actor: "operator", requestID: "r")
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func aLargeSegmentIsEndedAndSealedWithoutAnybodyAsking() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open { $0.limits.segmentBytes = 20_000 }
        var number = 0
        while ledger.status.sealedSegments < 3 {
            _ = try await ledger.appendOne(Drafts.create(Drafts.Person("p\(number)")))
            number += 1
        }
        await ledger.close(sealing: false)
        let report = try await fixture.check(unsignedTail: 0)
        #expect(report.sealedSegments >= 3)
        // It is the size that ended them: each holds about as much as was asked for, and none next to nothing.
        for segment in 1...UInt64(3) {
            #expect(DurableFile.size(fixture.segment(segment).path) > 20_000)
        }
    }

    @Test func anOldSegmentIsEndedAndSealedByTheClockAlone() async throws {
        let fixture = try LedgerFixture()
        let day = 24 * 3_600.0
        let settings: @Sendable (inout LedgerConfiguration) -> Void = { configuration in
            configuration.limits.segmentAge = .seconds(day)
            // Ticks come from the test alone.
            configuration.limits.publishInterval = .seconds(3_600)
        }
        var ledger = try await fixture.open(settings)
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        fixture.clock.advance(seconds: day - 1)
        // The age counts from the first entry, over restarts.
        await ledger.close(sealing: false)
        ledger = try await fixture.open(settings)
        await ledger.tick()
        #expect(ledger.status.activeSegment == 1)
        fixture.clock.advance(seconds: 1)
        await ledger.tick()
        #expect(ledger.status.activeSegment == 2)
        await ledger.sealRepairs.settle()
        #expect(ledger.status.sealedSegments == 1)
        // What follows is the seal's own entry, which is not worth another.
        fixture.clock.advance(seconds: 3 * day)
        await ledger.tick()
        #expect(ledger.status.activeSegment == 2)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }
}
