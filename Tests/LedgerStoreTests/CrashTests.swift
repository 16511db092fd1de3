import Foundation
import GRDB
import LedgerFormat
import Testing

@testable import LedgerStore

/// Each test takes an image of the disk at one instant, which is what a kill there leaves, and opens it.
@Suite struct CrashTests {
    static let appendPoints: [FaultPoint] = [.beforeCommit, .committed, .signed, .projected]
    static let sealPoints: [FaultPoint] = [
        .beforeNotes, .notesStored, .successorCreated, .rotated, .sealCopied, .sealManifestWritten,
        .sealFileRenamed, .sealManifestRenamed,
        .sealAnnounced,
    ]

    @Test(arguments: appendPoints)
    func aKillDuringAnAppendLosesNothingAcknowledged(point: FaultPoint) async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        var receipts: [MutationReceipt] = []
        for number in 0..<3 {
            receipts.append(
                try await ledger.appendOne(
                    Drafts.create(Drafts.Person("p\(number)"), key: Drafts.tag("k\(number)"))))
        }
        let captured = fixture.imageOnce(at: point)
        let last = Drafts.Person("last")
        let receipt = try await ledger.appendOne(Drafts.create(last, key: Drafts.tag("last")))
        await ledger.close()

        let image = try #require(captured.fixture)
        let recovered = try await image.open()
        #expect(recovered.status.signedSize == recovered.status.durableSize)
        for receipt in receipts {
            #expect(try recovered.leafHash(index: receipt.index) == receipt.leafHash)
        }
        // Present as a whole, or absent as a whole; a retry ends in the same place either way.
        let retry = try await recovered.appendOne(Drafts.create(last, key: Drafts.tag("last")))
        #expect(retry.replayed == (point != .beforeCommit))
        #expect(retry.index == receipt.index)
        #expect(try recovered.contact(unique: Drafts.unique(last))?.head.contactID == last.id)
        await recovered.close()
        try await image.check(unsignedTail: 0)
    }

    @Test(arguments: sealPoints)
    func aKillDuringASealIsFinishedOnTheNextStart(point: FaultPoint) async throws {
        let fixture = try LedgerFixture()
        // Nothing is published meanwhile: the notes that wait are the rotation's to store.
        let ledger = try await fixture.open { $0.limits.publishInterval = .seconds(3_600) }
        let receipt = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        let captured = fixture.imageOnce(at: point)
        _ = try await ledger.seal(actor: "operator", requestID: "r")
        await ledger.close()

        let image = try #require(captured.fixture)
        let recovered = try await image.open()
        await recovered.sealRepairs.settle()
        // Before the rotation there is nothing to finish yet.
        let isRotated = ![.beforeNotes, .notesStored].contains(point)
        if !isRotated { _ = try await recovered.seal(actor: "operator", requestID: "r") }
        #expect(recovered.status.sealedSegments == 1)
        #expect(try recovered.leafHash(index: receipt.index) == receipt.leafHash)
        #expect(try recovered.entry(at: receipt.index).index == receipt.index)
        #expect(try recovered.projections.read { try $0.sealedSegment(1) } != nil)
        let more = try await recovered.appendOne(Drafts.create(Drafts.Person("bob")))
        #expect(more.index > receipt.index)
        await recovered.close()
        let report = try await image.check(unsignedTail: 0)
        #expect(report.sealedSegments == 2)
        let names = try FileManager.default.contentsOfDirectory(atPath: image.ledgerPath)
        #expect(!names.contains { $0.hasSuffix(".sealing") || $0.hasSuffix(".tmp") })
    }

    @Test func boundariesSignedAgainHaveTheSameBytes() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        for number in 0..<5 {
            _ = try await ledger.appendOne(Drafts.create(Drafts.Person("p\(number)")))
        }
        let captured = fixture.imageOnce(at: .projected)
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("last")))
        await ledger.close(sealing: false)
        let image = try #require(captured.fixture)
        let recovered = try await image.open()
        await recovered.close(sealing: false)
        let notes = try Self.notes(fixture)
        #expect(notes.count > 6)
        #expect(try Self.notes(image) == notes)
    }

    private static func notes(_ fixture: LedgerFixture) throws -> [Data] {
        let queue = try fixture.segment(1).openForReading(immutable: false)
        defer { try? queue.close() }
        return try queue.read { db in
            try Data.fetchAll(db, sql: "SELECT note FROM checkpoint ORDER BY size")
        }
    }

    @Test func aKillWhileTheKeeperIsAwayLeavesADurableTailThatTheNextStartSigns() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        fixture.signer.change { $0.isAway = true }
        let waiting = Task {
            try await ledger.appendOne(Drafts.create(Drafts.Person("ada"), key: Drafts.tag("k")))
        }
        while ledger.status.durableSize == 2 { await Task.yield() }
        let image = try fixture.image()
        fixture.signer.change { $0.isAway = false }
        let receipt = try await waiting.value
        await ledger.close()

        image.signer.change { $0.isAway = false }
        let before = try await image.check()
        #expect(before.unsignedTail == 3)
        let recovered = try await image.open()
        #expect(recovered.signedSize == 5)
        let retry = try await recovered.appendOne(
            Drafts.create(Drafts.Person("ada"), key: Drafts.tag("k")))
        #expect(retry.replayed)
        #expect(retry.index == receipt.index)
        await recovered.close()
        try await image.check(unsignedTail: 0)
    }

    @Test func aLostReplyOfTheSignerIsAskedForAgain() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        fixture.signer.change { $0.lostReplies = 1 }
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// The image of an instant at which many callers are being served.
    @Test func aKillUnderLoadLosesNothingAcknowledged() async throws {
        let fixture = try LedgerFixture()
        // No background checkpoint may move pages while files are copied one after the other.
        let ledger = try await fixture.open { $0.limits.checkpointBytes = .max }
        let acknowledged = try await withThrowingTaskGroup(of: MutationReceipt?.self) { group in
            let captured = LedgerFixture.Captured()
            for number in 0..<200 {
                group.addTask {
                    let receipt = try await ledger.appendOne(
                        Drafts.create(Drafts.Person("p\(number)")))
                    // What was acknowledged before the image must be in it.
                    return captured.fixture == nil ? receipt : nil
                }
            }
            var receipts: [MutationReceipt] = []
            var image: LedgerFixture?
            for try await receipt in group {
                if let receipt { receipts.append(receipt) }
                if receipts.count == 50, image == nil {
                    let taken = try fixture.image()
                    captured.set(taken)
                    image = taken
                    let recovered = try await taken.open()
                    for receipt in receipts {
                        #expect(try recovered.leafHash(index: receipt.index) == receipt.leafHash)
                    }
                    await recovered.close()
                    try await taken.check(unsignedTail: 0)
                }
            }
            return receipts
        }
        #expect(acknowledged.count >= 50)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }
}
