import ContactModel
import Foundation
import LedgerFormat
import LedgerVerification
import Projections
import Testing

@testable import LedgerStore

/// A directory that is not the newest goes on in a new generation, and loses nothing that it has.
@Suite(.timeLimit(.minutes(3))) struct RecoverTests {
    private let ada = Drafts.Person("ada")
    private let bob = Drafts.Person("bob")
    private let eve = Drafts.Person("eve")

    private func recover(_ fixture: LedgerFixture) async throws -> RecoveryReport? {
        try await Ledger.recover(
            fixture.configuration(), reason: "the disk died", signer: fixture.signer,
            ender: fixture.signer, reindexer: fixture.signer)
    }

    /// The directory as it was after `ada`, with a signer that knows what came later, too.
    private func restored(
        sealing: Bool
    ) async throws -> (fixture: LedgerFixture, size: UInt64, known: UInt64, first: MutationReceipt)
    {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        let first = try await ledger.appendOne(
            Drafts.create(ada, key: Drafts.tag("ada"), attributes: 2))
        await ledger.close(sealing: sealing)
        let kept = fixture.root + "/kept"
        try FileManager.default.copyItem(atPath: fixture.ledgerPath, toPath: kept)
        let size = ledger.signedSize
        ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(bob))
        _ = try await ledger.seal(actor: "operator", requestID: "r")
        _ = try await ledger.appendOne(Drafts.create(eve))
        await ledger.close(sealing: false)
        let known = try fixture.signer.identity().treeSize
        try FileManager.default.removeItem(atPath: fixture.ledgerPath)
        try FileManager.default.moveItem(atPath: kept, toPath: fixture.ledgerPath)
        return (fixture, size, known, first)
    }

    @Test(arguments: [true, false])
    func aRestoredLedgerGoesOnInANewGeneration(sealing: Bool) async throws {
        let (fixture, size, known, first) = try await restored(sealing: sealing)
        await #expect { _ = try await fixture.open() } throws: {
            ($0 as? LedgerStoreError)?.code == .equivocation
        }
        let before = try Ledger.files(fixture)
        let report = try #require(try await recover(fixture))
        #expect(report.ended == 1 && report.begun == 2)
        #expect(report.knownSize == known && report.lost == known - report.size)
        // Once more, before anything was written to it: done already.
        #expect(try await recover(fixture) == nil)
        #expect(report.unsigned == 0)
        // What was sealed stays as it is; what was not is sealed now.
        let after = try Ledger.files(fixture)
        for (name, bytes) in before where sealing && name.contains("segment-00000001") {
            #expect(after[name] == bytes, "\(name)")
        }

        let ledger = try await fixture.open()
        #expect(try ledger.contact(id: ada.id) != nil)
        #expect(try ledger.contact(id: bob.id) == nil)
        // The first leaf says what happened.
        let entry = try ledger.entry(at: 0)
        let header = try EntryHeader(canonical: entry.header)
        #expect(header.generation == 2 && header.type == LedgerRecovered.type)
        let event = try EventCoding.decode(LedgerRecovered.self, from: entry.payload)
        #expect(event.reason == "the disk died" && event.knownSize == known)
        #expect(event.size == report.size && event.size >= size)

        // A retry from before finds what it did, and versions go on.
        let replay = try await ledger.append(
            Drafts.append([Drafts.create(ada, key: Drafts.tag("ada"), attributes: 2)]))
        guard case .receipt(let again) = replay.mutations.first else {
            Issue.record("\(replay.mutations)")
            return
        }
        #expect(again.replayed && again.generation == 1 && again.index == first.index)
        #expect(again.treeSize == report.size && again.leafHash == first.leafHash)
        let version = try #require(try ledger.contact(id: ada.id)).head.version
        let enriched = try await ledger.appendOne(
            Drafts.enrich(ada, expectedVersion: version))
        #expect(enriched.generation == 2)
        let head = try #require(try ledger.contact(id: ada.id)).head
        #expect(head.version == report.size + enriched.index + enriched.count - 1)
        let inNew = try EntryHeader(canonical: ledger.entry(at: enriched.index).header)
        #expect(inNew.subjectVersion == 1 && inNew.subjectPrevious == nil)
        _ = try await ledger.appendOne(Drafts.create(bob))

        // What generation 1 has can be proven as before.
        let proof = try InclusionReceipt(
            parsing: ledger.receipt(index: first.index, of: 1))
        let checkpoint = try Checkpoint(parsing: SignedNote(parsing: proof.checkpoint).text)
        #expect(checkpoint.origin == "test.localhost/g1" && checkpoint.size == report.size)
        try MerkleProof.verifyInclusion(
            leaf: first.leafHash, index: first.index, size: checkpoint.size, proof: proof.hashes,
            root: checkpoint.root)
        #expect(throws: LedgerStoreError.self) { try ledger.entry(at: 0, of: 3) }
        #expect(throws: LedgerStoreError.self) { try ledger.entry(at: report.size, of: 1) }
        await ledger.close()
        let verified = try await fixture.check(unsignedTail: 0)
        #expect(verified.generations == 2)
        #expect(try await recover(fixture) == nil)
    }

    /// Ledger and signer were put back together, between two anchors: only who holds a checkpoint knows.
    @Test func aCheckpointThatSomebodyHoldsShowsWhatIsMissing() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(ada))
        await ledger.close(sealing: false)
        let old = try fixture.signer.copy()
        let kept = fixture.root + "/kept"
        try FileManager.default.copyItem(atPath: fixture.ledgerPath, toPath: kept)
        ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(bob))
        let size = ledger.signedSize
        let held = try fixture.signer.resign(generation: 1, size: size)
        await ledger.close(sealing: false)
        try FileManager.default.removeItem(atPath: fixture.ledgerPath)
        try FileManager.default.moveItem(atPath: kept, toPath: fixture.ledgerPath)

        func recover(known: [[UInt8]]) async throws -> RecoveryReport? {
            try await Ledger.recover(
                fixture.configuration(), reason: "r", known: known, signer: old, ender: old,
                reindexer: old)
        }
        func refusal(_ known: [UInt8]) async -> LedgerStoreError.Code? {
            let error = await #expect(throws: LedgerStoreError.self) {
                _ = try await recover(known: [known])
            }
            return error?.code
        }
        #expect(try await recover(known: []) == nil)
        #expect(
            try await recover(known: [old.resign(generation: 1, size: old.identity().treeSize)])
                == nil)
        // By another key; and by this one, of other entries.
        let leaves = [Digest32](repeating: .zero, count: 2)
        let foreign = try LocalSigner().sign(generation: 1, fromSize: 0, leafHashes: leaves)
        #expect(await refusal(foreign) == .invalid)
        let twin = try old.copy()
        twin.change { $0.frontier = MerkleFrontier() }
        let forked = try twin.sign(generation: 1, fromSize: 0, leafHashes: leaves)
        #expect(await refusal(forked) == .equivocation)

        let report = try #require(try await recover(known: [held]))
        #expect(report.knownSize == size && report.lost == size - report.size && report.begun == 2)
        #expect(report.problem.contains("size \(size)"))
        #expect(report.notInPlace != nil)
    }

    @Test func projectionsOfSeveralGenerationsAreMadeAnewTheSame() async throws {
        let (fixture, _, _, _) = try await restored(sealing: false)
        _ = try await recover(fixture)
        var ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(bob))
        _ = try await ledger.appendOne(Drafts.enrich(ada))
        await ledger.close()
        // Once more, with everything of the second there.
        fixture.signer.change { $0.problem = "its TPM is of another moment" }
        let second = try #require(try await recover(fixture))
        #expect(second.ended == 2 && second.begun == 3 && second.lost == 0)
        ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(eve))
        await ledger.close()
        let before = try ProjectionDump.lines(fixture.projectionsPath)
        _ = try await Ledger.rebuild(
            fixture.configuration { $0.limits.catchUpEntries = 5 }, signer: fixture.signer,
            reindexer: fixture.signer)
        #expect(try ProjectionDump.lines(fixture.projectionsPath) == before)
        // Node files of generations that ended are made anew, too.
        try FileManager.default.removeItem(atPath: fixture.root + "/views/tree-g1.nodes")
        try Data(repeating: 7, count: 320).write(
            to: URL(fileURLWithPath: fixture.root + "/views/tree-g2.nodes"))
        ledger = try await fixture.open()
        for generation: UInt64 in [1, 2] {
            let tree = try ledger.tree(generation)
            let answer = try ledger.inclusion(index: 1, size: tree.size, of: generation)
            try MerkleProof.verifyInclusion(
                leaf: answer.leafHash, index: 1, size: tree.size, proof: answer.hashes,
                root: answer.root)
        }
        for person in [ada, bob, eve] { #expect(try ledger.contact(id: person.id) != nil) }
        await ledger.close()
        #expect(try await fixture.check(unsignedTail: 0).generations == 3)
    }

    /// What nobody signed was never acknowledged here, and may be another entry elsewhere.
    @Test func anUnsignedTailIsSetAside() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(ada))
        let captured = fixture.imageOnce(at: .committed)
        _ = try await ledger.appendOne(Drafts.create(bob))
        await ledger.close(sealing: false)
        let image = try #require(captured.fixture)
        image.signer.change { $0.problem = "this directory is older than its TPM" }
        let report = try #require(try await recover(image))
        #expect(report.unsigned == 3 && report.lost == 0)
        let aside = try FileManager.default.contentsOfDirectory(atPath: image.root + "/recovered")
        #expect(aside == [SegmentSchema.fileName(segment: 1)])
        let again = try await image.open()
        #expect(try again.contact(id: ada.id) != nil)
        #expect(try again.contact(id: bob.id) == nil)
        _ = try await again.appendOne(Drafts.create(bob))
        await again.close()
        #expect(try await image.check(unsignedTail: 0).generations == 2)
    }

    /// A signature that was recorded and whose reply was lost comes out again: what it covers stays.
    @Test func recordedBoundariesAreSignedAgain() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(ada))
        let captured = fixture.imageOnce(at: .signed)
        _ = try await ledger.appendOne(Drafts.create(bob))
        await ledger.close(sealing: false)
        let image = try #require(captured.fixture)
        image.signer.change { $0.problem = "this directory is older than its TPM" }
        let report = try #require(try await recover(image))
        #expect(report.unsigned == 0 && report.lost == 0)
        let again = try await image.open()
        #expect(try again.contact(id: bob.id) != nil)
        await again.close()
        try await image.check(unsignedTail: 0)
    }

    /// Of a boundary from before its last manifest the keeper keeps no record: nothing shows that this is what it signed.
    @Test func whatTheKeeperHasNoRecordOfIsSetAside() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(ada))
        let captured = fixture.imageOnce(at: .signed)
        _ = try await ledger.appendOne(Drafts.create(bob))
        await ledger.close(sealing: false)
        let image = try #require(captured.fixture)
        image.signer.change { state in
            state.problem = "this directory is older than its TPM"
            state.roots = [:]
        }
        let report = try #require(try await recover(image))
        #expect(report.unsigned == 3)
        let again = try await image.open()
        #expect(try again.contact(id: ada.id) != nil)
        #expect(try again.contact(id: bob.id) == nil)
        await again.close()
        try await image.check(unsignedTail: 0)
    }

    @Test func segmentsThatWaitToBeSealedAreSealedByTheRecovery() async throws {
        let fixture = try LedgerFixture()
        fixture.onFault { if $0 == .sealCopied { throw LedgerFixture.Broken() } }
        let ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(ada))
        await #expect(throws: LedgerStoreError.self) {
            _ = try await ledger.seal(actor: "operator", requestID: "r")
        }
        _ = try await ledger.appendOne(Drafts.create(bob))
        await ledger.close(sealing: false)
        fixture.onFault(nil)
        #expect(!FileManager.default.fileExists(atPath: fixture.segment(1).manifestPath))
        // The keeper knows their ends from their checkpoints alone.
        fixture.signer.change { state in
            state.problem = "this directory is older than its TPM"
            state.roots = [:]
        }
        let report = try #require(try await recover(fixture))
        #expect(report.unsigned == 0 && report.lost == 0)
        let again = try await fixture.open()
        for person in [ada, bob] { #expect(try again.contact(id: person.id) != nil) }
        await again.close()
        #expect(try await fixture.check(unsignedTail: 0).generations == 2)
    }

    /// A directory copied right after its recovery, and found not to be the newest.
    @Test func aGenerationThatNothingWasWrittenToIsSkipped() async throws {
        let (fixture, size, _, _) = try await restored(sealing: false)
        _ = try #require(try await recover(fixture))
        fixture.signer.change { $0.problem = "this directory is older than its TPM" }
        let report = try #require(try await recover(fixture))
        #expect(report.ended == 2 && report.begun == 3 && report.size == 0)
        let ledger = try await fixture.open()
        let header = try EntryHeader(canonical: ledger.entry(at: 0).header)
        #expect(header.generation == 3 && header.type == LedgerRecovered.type)
        #expect(try ledger.tree(1).size >= size)
        #expect(try ledger.contact(id: ada.id) != nil)
        await ledger.close()
        #expect(try await fixture.check(unsignedTail: 0).generations == 2)
    }

    @Test func anErasureThatWasOrderedIsCarriedOutInTheNextGeneration() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        for person in [ada, bob] { _ = try await ledger.appendOne(Drafts.create(person)) }
        fixture.signer.change { $0.cannotForget = true }
        let ordered = try await ledger.erase(ada, by: fixture.signer)
        #expect(ordered.completion == nil)
        await ledger.close(sealing: false)
        fixture.signer.change {
            $0.problem = "this directory is older than its TPM"
            $0.cannotForget = false
        }
        _ = try #require(try await recover(fixture))
        ledger = try await fixture.open()
        while fixture.signer.change({ $0.erased.isEmpty }) {
            try await Task.sleep(for: .milliseconds(5))
        }
        await ledger.close(sealing: false)
        ledger = try await fixture.open()
        var said: SubjectErased?
        for index in 0..<ledger.signedSize {
            let entry = try ledger.entry(at: index)
            guard try EntryHeader(canonical: entry.header).type == SubjectErased.type else {
                continue
            }
            said = try EventCoding.decode(SubjectErased.self, from: entry.payload)
        }
        #expect(said?.ordered == ordered.ordered && said?.orderedGeneration == 1)
        #expect(try ledger.contact(id: bob.id) != nil)
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }

    @Test func aRecoveryThatWasInterruptedIsCompleted() async throws {
        for point in [FaultPoint.sealCopied, .sealManifestWritten, .sealFileRenamed] {
            let (fixture, _, _, _) = try await restored(sealing: false)
            fixture.failOnce(at: point)
            await #expect(throws: LedgerStoreError.self) { _ = try await recover(fixture) }
            fixture.onFault(nil)
            let report = try #require(try await recover(fixture), "\(point)")
            #expect(report.begun == 2)
            let ledger = try await fixture.open()
            #expect(try ledger.contact(id: ada.id) != nil)
            await ledger.close()
            #expect(try await fixture.check(unsignedTail: 0).generations == 2)
        }
    }

    @Test func aLedgerThatDoesNotVerifyIsLeftAsItIs() async throws {
        let (fixture, _, _, _) = try await restored(sealing: true)
        let path = fixture.segment(1).path
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count - 100] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
        let before = try Ledger.files(fixture)
        await #expect { _ = try await recover(fixture) } throws: {
            ($0 as? LedgerStoreError)?.code == .damaged
        }
        #expect(try Ledger.files(fixture) == before)
        #expect(fixture.signer.change { $0.isEnding } == false)
    }

    @Test func nothingToRecoverChangesNothing() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(ada))
        await ledger.close(sealing: false)
        #expect(try await recover(fixture) == nil)
        #expect(try fixture.signer.identity().generation == 1)
        try await fixture.check(unsignedTail: 0)
    }

    /// The keys were rotated after the backup: nothing here tells of the successors, and the old ones are destroyed.
    @Test func aLedgerFromBeforeARotationIsSealedByTheKeyThatGoesOn() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        _ = try await ledger.appendOne(Drafts.create(ada))
        await ledger.close(sealing: false)
        let kept = fixture.root + "/kept"
        try FileManager.default.copyItem(atPath: fixture.ledgerPath, toPath: kept)
        ledger = try await fixture.open()
        for use in SigningKeyUse.allCases {
            try await ledger.rotate(use, by: fixture.signer)
        }
        _ = try await ledger.appendOne(Drafts.create(bob))
        await ledger.close(sealing: false)
        #expect(fixture.signer.change { $0.audits.first?.isDestroyed } == true)
        try FileManager.default.removeItem(atPath: fixture.ledgerPath)
        try FileManager.default.moveItem(atPath: kept, toPath: fixture.ledgerPath)

        let report = try #require(try await recover(fixture))
        #expect(report.begun == 2)
        ledger = try await fixture.open()
        #expect(try ledger.contact(id: ada.id) != nil)
        _ = try await ledger.appendOne(Drafts.create(eve))
        await ledger.close()
        try await fixture.check(unsignedTail: 0)
    }
}

extension Ledger {
    /// Names and bytes of what lies in the ledger directory.
    fileprivate static func files(_ fixture: LedgerFixture) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: fixture.ledgerPath) {
            files[name] = try Data(
                contentsOf: URL(fileURLWithPath: fixture.ledgerPath + "/" + name))
        }
        return files
    }
}
