import Foundation
import LedgerFormat
import Testing

@testable import LedgerStore

@Suite struct SealTests {
    @Test func aSealedSegmentVerifiesAndIsReadOnly() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let receipt = try await ledger.appendOne(Drafts.create(Drafts.Person("ada"), attributes: 3))
        let result = try await ledger.seal(actor: "operator", requestID: "r")
        #expect(result.segment == 1)
        #expect(result.firstIndex == 0)
        #expect(result.count == receipt.index + receipt.count + 1)
        for path in [fixture.segment(1).path, fixture.segment(1).manifestPath] {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o444)
        }
        #expect(!FileManager.default.fileExists(atPath: fixture.segment(1).path + "-wal"))
        // Still readable, now from the sealed file.
        #expect(try ledger.entry(at: receipt.index).index == receipt.index)
        await ledger.close(sealing: false)
        let report = try await fixture.check(unsignedTail: 0)
        #expect(report.sealedSegments == 1)
        #expect(report.segments == 2)
    }

    @Test func nothingNewMeansNothingToSeal() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        for _ in 0..<2 {
            do {
                _ = try await ledger.seal(actor: "operator", requestID: "r")
                Issue.record("sealed nothing")
            } catch {
                #expect(error.code == .nothingToSeal)
            }
            // The refusal itself is an audit entry, which makes the next seal worth it.
            _ = try await ledger.seal(actor: "operator", requestID: "r")
        }
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func stoppingSealsOnceAndOnlyWhatIsWorthIt() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        _ = try await ledger.append(Drafts.read())
        await ledger.close()
        ledger = try await fixture.open()
        #expect(ledger.status.sealedSegments == 1)
        await ledger.close()
        ledger = try await fixture.open()
        #expect(ledger.status.sealedSegments == 1)
        #expect(ledger.status.activeSegment == 2)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func manifestsFormAChainOverManySegments() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let people = (0..<4).map { Drafts.Person("p\($0)") }
        for (round, person) in people.enumerated() {
            _ = try await ledger.appendOne(Drafts.create(person))
            // Old subjects move on too, so that heads as of a size must walk back.
            for old in people[...round] { _ = try await ledger.appendOne(Drafts.enrich(old)) }
            let result = try await ledger.seal(actor: "operator", requestID: "r\(round)")
            #expect(result.segment == UInt64(round) + 1)
        }
        await ledger.close()
        let report = try await fixture.check(unsignedTail: 0)
        #expect(report.sealedSegments == 4)
    }

    @Test func segmentsRotateUnderLoad() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for number in 0..<25 {
                        _ = try await ledger.appendOne(
                            Drafts.create(Drafts.Person("p\(writer)-\(number)")))
                    }
                }
            }
            group.addTask {
                for number in 0..<3 {
                    do {
                        _ = try await ledger.seal(actor: "operator", requestID: "r\(number)")
                    } catch let error as LedgerStoreError where error.code == .nothingToSeal {
                        continue
                    }
                }
            }
            try await group.waitForAll()
        }
        await ledger.close()
        let report = try await fixture.check(unsignedTail: 0)
        #expect(report.sealedSegments >= 3)
        let reopened = try await fixture.open()
        for index in 0..<reopened.signedSize {
            #expect(try reopened.entry(at: index).index == index)
        }
        await reopened.close()
    }

    /// The root of an old size is the same whether the heads have moved on since or not.
    @Test func subjectHeadsRootMatchesAnIndependentComputation() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let people = (0..<5).map { Drafts.Person("p\($0)") }
        for person in people { _ = try await ledger.appendOne(Drafts.create(person)) }
        let size = ledger.signedSize
        for person in people.reversed() { _ = try await ledger.appendOne(Drafts.enrich(person)) }
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("late")))

        var heads: [HeadName: SubjectHeads.Head] = [:]
        for index in 0..<size {
            let header = try EntryHeader(canonical: ledger.entry(at: index).header)
            guard let tag = header.subject, let version = header.subjectVersion else { continue }
            heads[HeadName(tag: tag, stream: header.stream)] = SubjectHeads.Head(
                tag: tag, stream: header.stream, lastIndex: index, version: version)
        }
        let expected = heads.values.sorted { $0.precedes($1) }
        var found: [SubjectHeads.Head] = []
        try ledger.projections.read { reader in
            try HeadsAsOf(projections: reader, library: ledger.library, generation: 1).forEach(size)
            {
                found.append($0)
            }
        }
        #expect(found == expected)
        await ledger.close()
    }

    private struct HeadName: Hashable {
        let tag: SubjectTag
        let stream: EntryStream
    }

    @Test func aSealThatFailedIsTakenAlongByTheNext() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        fixture.onFault { point in
            if point == .sealCopied { throw LedgerFixture.Broken() }
        }
        await #expect(throws: LedgerStoreError.self) {
            try await ledger.seal(actor: "operator", requestID: "r1")
        }
        // The background must not be the one that takes it along.
        await ledger.sealRepairs.stop()
        // Trying again does not end one segment after the other.
        for _ in 0..<3 {
            _ = try await ledger.appendOne(Drafts.create(Drafts.Person("\(UUID())")))
            await #expect(throws: LedgerStoreError.self) {
                try await ledger.seal(actor: "operator", requestID: "again")
            }
            #expect(ledger.status.activeSegment == 2)
        }
        fixture.onFault(nil)
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("bob")))
        let result = try await ledger.seal(actor: "operator", requestID: "r2")
        #expect(result.segment == 2)
        await ledger.close(sealing: false)
        let report = try await fixture.check(unsignedTail: 0)
        #expect(report.sealedSegments == 2)
    }

    @Test func aSealThatFailedIsFinishedInTheBackground() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        // What the start looks for in the background must not take the failure that is meant for the operator.
        await ledger.sealRepairs.settle()
        fixture.failOnce(at: .sealManifestWritten)
        await #expect(throws: LedgerStoreError.self) {
            try await ledger.seal(actor: "operator", requestID: "r1")
        }
        await ledger.sealRepairs.settle()
        #expect(ledger.status.sealedSegments == 1)
        #expect(try ledger.announcements(of: 1) == 1)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// The seal stands, its entry fails before or after it reached the disk: one entry is made, not none or two.
    @Test(arguments: [FaultPoint.beforeCommit, .committed])
    func aLostAnnouncementIsMadeUpForOnce(point: FaultPoint) async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        // What the start looks for in the background must not take the failure that is meant for the operator.
        await ledger.sealRepairs.settle()
        fixture.onFault { [unowned fixture] reached in
            if reached == .sealManifestRenamed { fixture.failOnce(at: point) }
        }
        await #expect(throws: LedgerStoreError.self) {
            try await ledger.seal(actor: "operator", requestID: "r1")
        }
        await ledger.sealRepairs.settle()
        #expect(try ledger.announcements(of: 1) == 1)
        _ = try await untilWritable {
            try await ledger.appendOne(Drafts.create(Drafts.Person("bob")))
        }
        await ledger.close()
        let report = try await fixture.check(unsignedTail: 0)
        #expect(report.sealedSegments == 2)
    }
}
