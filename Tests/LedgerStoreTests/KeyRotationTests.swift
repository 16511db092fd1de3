import Foundation
import LedgerFormat
import LedgerVerification
import Synchronization
import TestSupport
import Testing

@testable import LedgerStore

/// A key is put in the place of another while appends go on, and whatever breaks is completed.
@Suite(.timeLimit(.minutes(5))) struct KeyRotationTests {
    private func settled(_ ledger: Ledger, _ fixture: LedgerFixture) async throws {
        while true {
            let (keys, _) = try await ledger.signingKeys()
            let isDone = keys.allSatisfy {
                $0.activated != nil
                    && ($0.key.untilSize == nil || ($0.isDestroyed && $0.retired != nil))
            }
            // Of each use one signs: no successor waits.
            let active = SigningKeyUse.allCases.map { use in
                keys.count { $0.key.use == use.trusted && $0.key.untilSize == nil }
            }
            if isDone, active == [1, 1] { return }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test(arguments: SigningKeyUse.allCases)
    func bothKeysAreAnnouncedAndTheOldOneIsDestroyed(use: SigningKeyUse) async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        _ = try await ledger.seal(actor: "operator", requestID: "r")
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("bob")))
        try await ledger.rotate(use, by: fixture.signer)
        try await settled(ledger, fixture)
        let keys = try await ledger.signingKeys().0.filter { $0.key.use == use.trusted }
        #expect(keys.count == 2)
        let (old, new) = (keys[0], keys[1])
        let until = try #require(old.key.untilSize)
        // Both count in between, and each is said in the ledger where the other still signs.
        #expect(new.key.fromSize <= until)
        #expect(try #require(new.activated) < until)
        #expect(try #require(old.retired) >= until)
        #expect(old.isDestroyed && !new.isDestroyed && new.key.untilSize == nil)
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("eve")))
        _ = try await ledger.seal(actor: "operator", requestID: "r")
        await ledger.close()
        let report = try await fixture.check(unsignedTail: 0)
        #expect(report.sealedSegments == 2)
    }

    /// A segment that only the old key may seal is sealed before that key goes.
    @Test func nothingIsLeftToSealForADestroyedKey() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open { $0.limits.sealRetryInterval = .seconds(600) }
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        fixture.failOnce(at: .sealCopied)
        await #expect(throws: LedgerStoreError.self) {
            try await ledger.seal(actor: "operator", requestID: "r")
        }
        #expect(ledger.status.sealedSegments == 0)
        try await ledger.rotate(.segmentManifest, by: fixture.signer)
        #expect(ledger.status.sealedSegments == 1)
        #expect(fixture.signer.change { $0.audits.map(\.isDestroyed) } == [true, false])
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func appendsGoOnWhileKeysAreRotated() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    for number in 0..<30 {
                        _ = try await ledger.appendOne(
                            Drafts.create(Drafts.Person("w\(writer)n\(number)")))
                    }
                }
            }
            for _ in 0..<4 {
                try await ledger.rotate(.checkpoint, by: fixture.signer)
                try await settled(ledger, fixture)
            }
            try await group.waitForAll()
        }
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
        #expect(fixture.signer.change { $0.logs.count } == 5)
    }

    /// As a kill leaves it after each of the keeper's steps, and before the ledger said so.
    @Test(arguments: [false, true])
    func aKillBetweenTwoStepsIsCompletedByTheNextStart(isRetired: Bool) async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        _ = try fixture.signer.begin(.checkpoint)
        if isRetired {
            _ = try await ledger.appendOne(Drafts.create(Drafts.Person("bob")))
            _ = try fixture.signer.rotate(.checkpoint, .retire)
        }
        await ledger.close(sealing: false)

        ledger = try await fixture.open()
        try await settled(ledger, fixture)
        #expect(fixture.signer.change { $0.logs.map(\.isDestroyed) } == [true, false])
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("eve")))
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// Verifiers compare the trust file with the entries: what the keeper has done already and the ledger has not said is not in it.
    @Test(arguments: [false, true])
    func everyTrustFileFitsTheLedgerOfItsMoment(isRetired: Bool) async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        _ = try fixture.signer.begin(.checkpoint)
        await ledger.close(sealing: false)
        if isRetired {
            fixture.signer.change { $0.refusesRotation = true }
            ledger = try await fixture.open()
            while ledger.status.rotationProblem == nil {
                try await Task.sleep(for: .milliseconds(5))
            }
            await ledger.close(sealing: false)
            fixture.signer.change { $0.refusesRotation = false }
            _ = try fixture.signer.rotate(.checkpoint, .retire)
        }

        let written = Mutex<[(trust: TrustFile, image: LedgerFixture)]>([])
        ledger = try await fixture.open { configuration in
            configuration.announceTrust = { trust in
                let image = try fixture.image()
                written.withLock { $0.append((trust, image)) }
            }
        }
        try await settled(ledger, fixture)
        await ledger.close()
        let moments = written.withLock { $0 }
        #expect(moments.count > 1)
        for (trust, image) in moments {
            let report = await (try LedgerEvidence(directory: image.ledgerPath)).verify(
                trust: trust)
            #expect(report.failure == nil, "\(String(describing: report.failure))")
        }
    }

    /// Whoever waits for it sees why, and that nothing waits any more.
    @Test func whatARotationWaitsForIsTold() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        #expect(ledger.status.rotationProblem == nil)
        _ = try fixture.signer.begin(.checkpoint)
        await ledger.close(sealing: false)

        fixture.signer.change { $0.refusesRotation = true }
        ledger = try await fixture.open()
        while ledger.status.rotationProblem == nil { try await Task.sleep(for: .milliseconds(5)) }
        #expect(ledger.status.rotationProblem?.contains("away") == true)
        #expect(ledger.status.problem == nil)
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("bob")))
        fixture.signer.change { $0.refusesRotation = false }
        while ledger.status.rotationProblem != nil { try await Task.sleep(for: .milliseconds(5)) }
        try await settled(ledger, fixture)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    /// What the ledger says of keys is projected, so that nothing is said twice; made anew it is the same.
    @Test func nothingIsSaidTwice() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        try await ledger.rotate(.checkpoint, by: fixture.signer)
        try await settled(ledger, fixture)
        let said = try await ledger.signingKeys().0.map { [$0.activated, $0.retired] }
        await ledger.close(sealing: false)
        try FileManager.default.removeItem(atPath: fixture.projectionsPath)

        ledger = try await fixture.open()
        try await settled(ledger, fixture)
        #expect(try await ledger.signingKeys().0.map { [$0.activated, $0.retired] } == said)
        await ledger.close()
        let report = try await fixture.check(unsignedTail: 0)
        #expect(report.failure == nil)
    }

    @Test func aRotationThatFailsIsAudited() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        fixture.signer.change { $0.refusesRotation = true }
        await #expect(throws: LedgerStoreError.self) {
            try await ledger.rotate(.checkpoint, by: fixture.signer)
        }
        let last = try ledger.entry(at: ledger.signedSize - 1)
        #expect(String(decoding: last.payload, as: UTF8.self).contains("key.rotate.checkpoint"))
        #expect(String(decoding: last.payload, as: UTF8.self).contains("FAILED"))
        await ledger.close()
    }
}
