import ContactModel
import Foundation
import LedgerFormat
import TestSupport
import Testing

@testable import LedgerStore

/// Where the TPM's anchor stood is in the ledger, and what that is good for.
@Suite(.timeLimit(.minutes(3))) struct AnchoringTests {
    private let ada = Drafts.Person("ada")
    private let bob = Drafts.Person("bob")

    private func open(
        _ fixture: LedgerFixture, by signer: LocalSigner? = nil
    ) async throws -> Ledger {
        let ledger = try await fixture.open {
            $0.limits.anchorInterval = .milliseconds(5)
            $0.limits.anchorRetryInterval = .milliseconds(5)
        }
        ledger.keepAnchored(by: signer ?? fixture.signer)
        return ledger
    }

    private func wait(
        _ what: String, until isTrue: () throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try !isTrue() {
            try #require(ContinuousClock.now < deadline, "\(what)")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func anchors(_ ledger: Ledger) throws -> [TPMAnchored] {
        try (0..<ledger.signedSize).compactMap { index in
            let entry = try ledger.entry(at: index)
            let header = try EntryHeader(canonical: entry.header)
            guard header.type == TPMAnchored.type else { return nil }
            #expect(header.actor == SystemEntry.actor && header.stream == .segment)
            return try EventCoding.decode(TPMAnchored.self, from: entry.payload)
        }
    }

    @Test func anchorsStandAtStartUnderLoadAndAtTheStop() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await open(fixture)
        try await wait("a start") { try anchors(ledger).map(\.occasion) == ["START"] }
        _ = try await ledger.appendOne(Drafts.create(ada))
        try await wait("load") { try anchors(ledger).map(\.occasion) == ["START", "RUNNING"] }
        // Nothing was appended since.
        try await Task.sleep(for: .milliseconds(50))
        #expect(fixture.signer.change { $0.anchors } == [.start, .running])
        await ledger.close(sealing: true)

        ledger = try await fixture.open()
        let last = try #require(try anchors(ledger).last)
        #expect(last.occasion == "STOP" && last.size == ledger.signedSize - 1)
        let sealed = ledger.status.sealedSegments
        // Anchors alone are nothing to seal, or every restart would leave a segment.
        ledger.keepAnchored(by: fixture.signer)
        try await wait("a start") { try anchors(ledger).last?.occasion == "START" }
        await ledger.close(sealing: true)
        ledger = try await fixture.open()
        #expect(ledger.status.sealedSegments == sealed)
        await ledger.close(sealing: false)
        _ = try await fixture.check(unsignedTail: 0)
    }

    @Test func aTPMThatIsAwayDelaysNothingAndIsAskedAgain() async throws {
        let fixture = try LedgerFixture()
        fixture.signer.change { $0.cannotAnchor = true }
        var ledger = try await open(fixture)
        _ = try await ledger.appendOne(Drafts.create(ada))
        #expect(try anchors(ledger).isEmpty)
        fixture.signer.change { $0.cannotAnchor = false }
        try await wait("a start") { try anchors(ledger).map(\.occasion) == ["START"] }
        fixture.signer.change { $0.cannotAnchor = true }
        await ledger.close()
        ledger = try await fixture.open()
        #expect(try anchors(ledger).last?.occasion != "STOP")
        await ledger.close(sealing: false)
    }

    /// `ada` when the signer was copied, `bob` after; the signer of before comes back.
    private func rolledBack(
        stoppingCleanly isClean: Bool
    ) async throws -> (fixture: LedgerFixture, old: LocalSigner, size: UInt64) {
        let fixture = try LedgerFixture()
        var ledger = try await open(fixture)
        _ = try await ledger.appendOne(Drafts.create(ada))
        await ledger.close(sealing: true)
        let old = try fixture.signer.copy()
        ledger = try await open(fixture)
        _ = try await ledger.appendOne(Drafts.create(bob))
        if !isClean { fixture.signer.change { $0.cannotAnchor = true } }
        await ledger.close(sealing: false)
        let size = try fixture.signer.identity().treeSize
        old.change { $0.problem = "its TPM is newer" }
        return (fixture, old, size)
    }

    private func recover(
        _ fixture: LedgerFixture, _ signer: LocalSigner
    ) async throws -> RecoveryReport? {
        try await Ledger.recover(
            fixture.configuration(), reason: "keys of yesterday", signer: signer, ender: signer,
            reindexer: signer)
    }

    @Test func anOlderSignerGoesOnBehindACleanStop() async throws {
        let (fixture, old, size) = try await rolledBack(stoppingCleanly: true)
        let report = try #require(try await recover(fixture, old))
        #expect(report.begun == nil && report.notInPlace == nil)
        #expect(report.ended == 1 && report.size == size && report.lost == 0)
        #expect(try old.identity().treeSize == size)
        #expect(try await recover(fixture, old) == nil)

        let ledger = try await Ledger.open(
            fixture.configuration(), signer: old, reindexer: old, forgetter: old)
        #expect(ledger.identity.generation == 1)
        for person in [ada, bob] { #expect(try ledger.contact(id: person.id) != nil) }
        ledger.keepAnchored(by: old)
        try await wait("why") { try anchors(ledger).last?.reason == "keys of yesterday" }
        _ = try await ledger.appendOne(Drafts.enrich(ada))
        await ledger.close()
        let verified = try await fixture.check(unsignedTail: 0)
        #expect(verified.generations == 1)
        #expect(verified.notes.contains { $0.contains("keys of yesterday") })
    }

    @Test func withoutTheStopTheGenerationEnds() async throws {
        let (fixture, old, size) = try await rolledBack(stoppingCleanly: false)
        let report = try #require(try await recover(fixture, old))
        #expect(report.begun == 2 && report.size == size)
        // Its last entry is no anchor, or one of another occasion, as it happens.
        #expect(report.notInPlace?.contains("clean stop") == true, "\(report.notInPlace ?? "")")
    }
}
