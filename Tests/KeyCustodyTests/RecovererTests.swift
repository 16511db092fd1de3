import ContactModel
import Foundation
import GRDB
import LedgerFormat
import Testing

@testable import KeyCustody

/// A generation ends once, and nothing is signed for it any more.
@Suite struct RecovererTests {
    /// By the fixture's clock.
    private static let named: UInt64 = 20_261_123_120_000

    /// Keys from before a group that their TPM's newest keystore has signed.
    private func rolledBack() async throws -> (KeeperFixture, note: [UInt8]) {
        let fixture = try await KeeperFixture.provisioned()
        let note = try await fixture.withKeeper { keeper in
            try await keeper.treeSigner.extend(
                generation: 1, fromSize: 0, leafHashes: Sample.leaves(0..<4))
        }
        try FileManager.default.copyItem(atPath: fixture.keys, toPath: fixture.home + "/copy")
        try await fixture.withKeeper { keeper in
            _ = try await keeper.sealed([.sample(Sample.tag)])
            _ = try await keeper.treeSigner.extend(
                generation: 1, fromSize: 4, leafHashes: Sample.leaves(4..<6))
        }
        try FileManager.default.removeItem(atPath: fixture.keys)
        try FileManager.default.moveItem(atPath: fixture.home + "/copy", toPath: fixture.keys)
        return (fixture, note)
    }

    private func refusal(_ fixture: KeeperFixture) async -> String {
        let error = await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
        #expect(error?.code == .equivocation)
        return error?.message ?? ""
    }

    private func recovering(
        _ fixture: KeeperFixture, _ body: (KeyCustodian) async throws -> Void
    ) async throws {
        let keeper = try await fixture.open(recovering: true)
        do {
            try await body(keeper)
            try await keeper.close(anchoring: false)
        } catch {
            try? await keeper.close(anchoring: false)
            throw error
        }
    }

    @Test func theNextGenerationHasAnotherKeyAndTheOldOneIsDestroyed() async throws {
        let (fixture, note) = try await rolledBack()
        #expect(await refusal(fixture).contains("older than its TPM"))
        let old = try fixture.blob("SELECT wrapped FROM kek WHERE use = 'checkpoint'")
        try await recovering(fixture) { keeper in
            #expect(try await keeper.recoverer.problem()?.contains("older than its TPM") == true)
            try await keeper.recoverer.begin(manifest: nil, notes: [note])
        }
        // From here on there is no way back.
        #expect(await refusal(fixture).contains("chancery recover"))
        try await recovering(fixture) { keeper in
            #expect(try await keeper.recoverer.problem() != nil)
            // Whatever a ledger asks, a recorded boundary comes out as it was.
            #expect(try await keeper.treeSigner.resign(generation: 1, size: 4) == note)
            try await keeper.recoverer.begin(manifest: nil, notes: [note])
            #expect(
                try await keeper.recoverer.end(
                    note: note, keys: try .told(keeper), reason: "a test") == Self.named)
        }
        // What is left wraps nothing.
        #expect(
            try fixture.blob("SELECT wrapped FROM kek WHERE use = 'checkpoint'").count
                == KeyWrap.overhead)
        #expect(old.count == KeyWrap.overhead + LogKey.seedSize)
        try await fixture.withKeeper { keeper in
            let keys = try await keeper.publicKeys()
            #expect(keys.generation == Self.named && keys.treeSize == 0)
            #expect(keys.origin == "chancery.test/g\(Self.named)")
            #expect(keys.past.map(\.generation) == [1])
            #expect(
                keys.keys.map(\.use).sorted() == [
                    "attestation", "checkpoint", "checkpoint", "receipt", "segment-manifest",
                ])
            // The TPM is the same, so its key is; only the name that it signs under follows the origin.
            let resident = { (keys: [PublicKeyRecord]) in
                keys.filter { $0.algorithm == "ECDSA-P256-SHA256" && $0.use == "checkpoint" }
            }
            let past = try #require(keys.past.first).keys.map { PublicKeyRecord($0) }
            #expect(resident(keys.keys).map(\.publicKey) == resident(past).map(\.publicKey))
            #expect(resident(keys.keys).map(\.name) == [keys.origin])
            let recovered = try #require(keys.recovered)
            let event = try EventCoding.decode(LedgerRecovered.self, from: recovered)
            #expect(event.ended == 1 && event.size == 4 && event.knownSize == 4)
            #expect(event.reason == "a test")
            try expectCertified(event, keys)
            let error = await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.treeSigner.extend(
                    generation: 1, fromSize: 4, leafHashes: Sample.leaves(4..<5))
            }
            #expect(error?.code == .invalid)
            _ = try await keeper.treeSigner.extend(
                generation: Self.named, fromSize: 0, leafHashes: Sample.leaves(0..<2))
        }
    }

    /// Somebody goes on with the original while another copy is recovered.
    @Test func anotherCopyIsToldAtOnce() async throws {
        let (fixture, note) = try await rolledBack()
        let copy = fixture.home + "/running"
        try FileManager.default.copyItem(atPath: fixture.keys, toPath: copy)
        try await recovering(fixture) { keeper in
            try await keeper.recoverer.begin(manifest: nil, notes: [note])
            let value = try await keeper.counters.value(.anchor)
            let record = try await keeper.counters.record(.anchor)
            #expect(record.intended == value && record.owesRecovery)
        }
        try FileManager.default.removeItem(atPath: fixture.keys)
        try FileManager.default.moveItem(atPath: copy, toPath: fixture.keys)
        #expect(await refusal(fixture).contains("older than its TPM"))
    }

    /// The mark has a MAC, and an older row without it does not fit the TPM.
    @Test func theMarkOfARecoveryCannotBeTakenOff() async throws {
        let (fixture, note) = try await rolledBack()
        try await recovering(fixture) { keeper in
            try await keeper.recoverer.begin(manifest: nil, notes: [note])
        }
        try fixture.tamper("UPDATE counter SET owes_recovery = 0")
        let error = await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
        #expect(error?.code == .corrupt)
    }

    /// Nothing was written to a generation: its number is skipped.
    @Test func aGenerationThatNothingIsHereOfIsSkipped() async throws {
        let (fixture, note) = try await rolledBack()
        try await recovering(fixture) { keeper in
            try await keeper.recoverer.begin(manifest: nil, notes: [note])
            _ = try await keeper.recoverer.end(note: note, keys: try .told(keeper), reason: "first")
        }
        try await recovering(fixture) { keeper in
            try await keeper.recoverer.begin(manifest: nil, notes: [])
            let next = try await keeper.recoverer.end(
                note: nil, keys: try .told(keeper), reason: "second")
            #expect(next == Self.named + 1)
        }
        let keys = try await fixture.withKeeper { try await $0.publicKeys() }
        #expect(keys.generation == Self.named + 1 && keys.past.map(\.generation) == [1])
        let event = try EventCoding.decode(
            LedgerRecovered.self, from: try #require(keys.recovered))
        #expect(event.ended == 1 && event.size == 4 && event.reason == "second")
        try expectCertified(event, keys)
    }

    private func expectCertified(_ event: LedgerRecovered, _ keys: PublicKeys) throws {
        let key = try #require(keys.keys.first { $0.use == "attestation" })
        let attest = try TPMAttest(parsing: [UInt8](event.certifyAttest))
        #expect(
            AttestationKey.verify(
                signature: try TPMSignature(parsing: [UInt8](event.certifySignature)),
                message: [UInt8](event.certifyAttest), spki: key.publicKey))
        let statement = RecoveryStatement(
            ended: event.ended, knownSize: event.knownSize, knownRoot: event.knownRoot,
            size: event.size, root: event.root)
        #expect(attest.extraData == statement.digest)
    }

    /// Segments of a backup beside the newest keystore: what the keeper knows to be signed is written down.
    @Test func whatTheKeeperKnowsMoreIsSaid() async throws {
        let fixture = try await KeeperFixture.provisioned()
        var note: [UInt8] = []
        try await fixture.withKeeper { keeper in
            note = try await keeper.treeSigner.extend(
                generation: 1, fromSize: 0, leafHashes: Sample.leaves(0..<4))
            _ = try await keeper.treeSigner.extend(
                generation: 1, fromSize: 4, leafHashes: Sample.leaves(4..<9))
        }
        try await recovering(fixture) { keeper in
            #expect(try await keeper.recoverer.problem() == nil)
            let early = await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.recoverer.end(
                    note: note, keys: try .told(keeper), reason: "too early")
            }
            #expect(early?.code == .invalid)
            try await keeper.recoverer.begin(manifest: nil, notes: [note])
            _ = try await keeper.recoverer.end(
                note: note, keys: try .told(keeper), reason: "a test")
        }
        let event = try await fixture.withKeeper { keeper in
            try EventCoding.decode(
                LedgerRecovered.self, from: try #require(try await keeper.publicKeys().recovered))
        }
        #expect(event.size == 4 && event.knownSize == 9)
        #expect(event.knownRoot == MerkleTree.root(ofLeaves: try Sample.leaves(0..<9)).hex)
    }

    @Test func whatTheKeeperDidNotSignIsRefusedAndChangesNothing() async throws {
        let (fixture, note) = try await rolledBack()
        let stranger = try LogKey(
            name: "chancery.test/g1", seed: .random(count: 32), generation: 1)
        let forged = try Checkpoint(origin: stranger.name, size: 4, root: .zero)
            .signedNote(keyName: stranger.name, keyID: stranger.keyID, signer: stranger.sign).bytes
        try await recovering(fixture) { keeper in
            for (manifest, note) in [
                (nil, forged), (nil, []), (Array("{}".utf8), note),
            ] as [([UInt8]?, [UInt8])] {
                let error = await #expect(throws: KeyCustodyError.self) {
                    try await keeper.recoverer.begin(manifest: manifest, notes: [note])
                }
                #expect(error?.code == .invalid)
            }
            for reason in ["", String(repeating: "x", count: 513)] {
                await #expect(throws: KeyCustodyError.self) {
                    _ = try await keeper.recoverer.end(
                        note: note, keys: try .told(keeper), reason: reason)
                }
            }
        }
        #expect(await refusal(fixture).contains("older than its TPM"))
    }

    /// The TPM's own state is the older one: its counters go on to where they were.
    @Test func aTPMOfAnOlderStateIsCountedOn() async throws {
        let fixture = try await KeeperFixture.provisioned()
        fixture.tpm.stop()
        try FileManager.default.copyItem(
            atPath: fixture.tpm.directory, toPath: fixture.home + "/copy")
        try fixture.tpm.start()
        let note = try await fixture.withKeeper { keeper in
            let note = try await keeper.treeSigner.extend(
                generation: 1, fromSize: 0, leafHashes: Sample.leaves(0..<4))
            for _ in 0..<3 { try await keeper.anchorer.move() }
            return note
        }
        fixture.tpm.stop()
        try FileManager.default.removeItem(atPath: fixture.tpm.directory)
        try FileManager.default.moveItem(
            atPath: fixture.home + "/copy", toPath: fixture.tpm.directory)
        try fixture.tpm.start()
        #expect(await refusal(fixture).contains("newer than its TPM"))
        try await recovering(fixture) { keeper in
            let before = try await keeper.counterValues().anchor
            try await keeper.recoverer.begin(manifest: nil, notes: [note])
            #expect(try await keeper.counterValues().anchor == before + 1)
            _ = try await keeper.recoverer.end(
                note: note, keys: try .told(keeper), reason: "a test")
        }
        let keys = try await fixture.withKeeper { try await $0.publicKeys() }
        #expect(keys.generation == Self.named)
    }

    /// A successor that the ledger never announced is in no trust file, and one whose entry is lost is not retired there. KEK-AUDIT
    /// goes on in the next generation, from its beginning.
    @Test func anEndedGenerationHasTheKeysThatItsEntriesTellOf() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let (note, told) = try await fixture.withKeeper { keeper in
            let told = try AnnouncedKeys.told(keeper)
            _ = try await keeper.treeSigner.extend(
                generation: 1, fromSize: 0, leafHashes: Sample.leaves(0..<4))
            for use in KeyRotator.Use.allCases { try await keeper.rotator.begin(use) }
            let note = try await keeper.treeSigner.extend(
                generation: 1, fromSize: 4, leafHashes: Sample.leaves(4..<6))
            for use in KeyRotator.Use.allCases { try await keeper.rotator.retire(use) }
            return (note, told)
        }
        try await recovering(fixture) { keeper in
            try await keeper.recoverer.begin(manifest: nil, notes: [note])
            _ = try await keeper.recoverer.end(note: note, keys: told, reason: "a test")
        }
        try await fixture.withKeeper { keeper in
            let keys = try await keeper.publicKeys()
            let ended = try #require(keys.past.first?.keys)
            #expect(Set(ended.map(\.keyID)) == told.activated)
            #expect(ended.allSatisfy { $0.untilSize == nil })
            let audit = keys.keys.filter { $0.use == "segment-manifest" }
            #expect(audit.map(\.fromSize) == [0] && !told.activated.contains(audit[0].keyID))
        }
    }
}
