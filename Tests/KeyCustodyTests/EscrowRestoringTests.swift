import ContactModel
import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

/// The TPM is gone; an escrow, k of n keys and a backup of keys/ are there.
@Suite final class EscrowRestoringTests {
    private let fixture: KeeperFixture
    private let keys: [RecoveryKey]
    private let outside: String
    private var directory: String { outside + "/escrow" }

    init() async throws {
        fixture = try await KeeperFixture.provisioned()
        outside = try KeeperFixture.makeDirectory()
        keys = try RecoveryKey.sample(3, in: outside)
    }

    deinit { try? FileManager.default.removeItem(atPath: outside) }

    /// Ada is erased and has her escrow; Bob, Eve and Zoe are not. Zoe came after the escrow and its keystore's copy.
    private struct People {
        let ada = Sample.tag, bob = Sample.tag, eve = Sample.tag, zoe = Sample.tag
        var values: [SubjectTag: EncryptedValue] = [:]
        var epoch: UInt64 = 0
    }

    private func live() async throws -> People {
        var people = People()
        try await fixture.withKeeper { keeper in
            for tag in [people.ada, people.bob, people.eve] {
                people.values[tag] = try await keeper.sealed([.sample(tag)])[0]
            }
            _ = try await keeper.escrow.setUp(
                directory: directory, threshold: 2, holders: keys.map(\.publicKey))
            let order = try await ErasureOrders().order(people.ada, keeper)
            people.epoch = try await keeper.eraser.erase([order]).after
            try await keeper.escrow.tend()
            people.values[people.zoe] = try await keeper.sealed([.sample(people.zoe)])[0]
        }
        return people
    }

    private func replaceTPM() throws {
        fixture.tpm.stop()
        try FileManager.default.removeItem(atPath: fixture.tpm.directory)
        _ = try SoftwareTPM.manufacture(in: fixture.tpm.directory)
        try fixture.tpm.start()
    }

    private func escrow(_ people: People) -> String { "\(directory)/escrow-\(people.epoch)" }

    private func restore(
        _ people: People, _ keys: [RecoveryKey], size: UInt64 = 1, erased: Set<SubjectTag> = []
    ) async throws -> EscrowRestoring.Report {
        try await EscrowRestoring(
            directory: fixture.keys, escrow: escrow(people), keys: keys, tpm: fixture.tpm.device()
        ).run(.init(generation: 1, size: size, erased: erased.union([people.ada])))
    }

    /// What the end of a recovery does, but for the generation that it begins.
    private func endRecovery() async throws {
        let keeper = try await fixture.open(recovering: true)
        let seal = keeper.hierarchy.seal
        try await keeper.keystore.commit { db in
            var anchor = try CounterRecord.of(.anchor, db, seal)
            #expect(anchor.owesRecovery)
            anchor.owesRecovery = false
            try anchor.save(db, seal)
        }
        try await keeper.close(anchoring: false)
    }

    private func recover() async throws {
        let keeper = try await fixture.open(recovering: true)
        let size = try await keeper.treeSigner.recordedSize()
        let note = try await keeper.treeSigner.resign(generation: 1, size: size)
        try await keeper.recoverer.begin(manifest: nil, notes: [note])
        _ = try await keeper.recoverer.end(note: note, keys: .told(keeper), reason: "a test")
        try await keeper.close(anchoring: false)
    }

    private func readable(_ people: People) async throws -> Set<SubjectTag> {
        try await fixture.withKeeper { keeper in
            var readable: Set<SubjectTag> = []
            for (tag, value) in people.values {
                let bound = BoundValue(binding: try .sample(tag), value: value)
                if try await keeper.cipher.decrypt([bound])[0].text == "a@example.org" {
                    readable.insert(tag)
                }
            }
            return readable
        }
    }

    @Test func underANewTPMEverybodyIsReadableButTheErased() async throws {
        let people = try await live()
        try replaceTPM()
        let error = await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
        #expect(error?.tpm?.code == .foreign)
        let report = try await restore(people, Array(keys.suffix(2)))
        #expect(report.isBackupsKeystore)
        #expect(report.subjects == 3)
        #expect(report.forgotten == 0)
        try await endRecovery()
        #expect(try await readable(people) == [people.bob, people.eve, people.zoe])
        // The escrow of before opens nothing of it, and the new root has none yet.
        try await fixture.withKeeper { keeper in
            try await keeper.escrow.tend()
            let epoch = try await keeper.counterValues().epoch
            let names = try FileManager.default.contentsOfDirectory(atPath: directory)
            #expect(
                Set(names) == ["escrow.marker", "escrow-\(epoch)", "keystore-\(epoch).sqlite"])
        }
    }

    private func countersInTPM() async throws -> Int {
        try await fixture.tpm.device().perform("counting") { connection throws(TPMError) in
            try connection.handles(in: TPMCounter.handles).count
        }
    }

    /// As kills leave it: the files of a try are thrown away, its mark stays, and so does what the TPM made for it.
    @Test func aRestoreThatIsRepeatedLeavesNothingOfTheFirstInTheTPM() async throws {
        let people = try await live()
        try replaceTPM()
        let files = FileManager.default
        try files.copyItem(atPath: fixture.keys, toPath: outside + "/old")
        for _ in 0..<3 {
            for name in try files.contentsOfDirectory(atPath: fixture.keys)
            where name != "adopting" {
                try files.removeItem(atPath: fixture.keys + "/" + name)
            }
            for name in try files.contentsOfDirectory(atPath: outside + "/old") {
                try files.copyItem(
                    atPath: outside + "/old/" + name, toPath: fixture.keys + "/" + name)
            }
            _ = try await restore(people, keys)
            #expect(try await countersInTPM() == 3)
            #expect(DurableFile.exists(fixture.keys + "/adopting"))
        }
        // Served, it keeps its counters.
        try await endRecovery()
        #expect(!DurableFile.exists(fixture.keys + "/adopting"))
        #expect(try await countersInTPM() == 3)
        #expect(try await readable(people) == [people.bob, people.eve, people.zoe])
    }

    @Test func nothingIsSignedBeforeARecovery() async throws {
        let people = try await live()
        try replaceTPM()
        _ = try await restore(people, keys)
        for _ in 0..<2 {
            let error = await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
            #expect(error?.code == .equivocation)
            #expect(error?.message.contains("chancery recover") == true)
        }
    }

    /// The backup is from before the escrow: its keystore opens under another root, and the copy beside the escrow stands in.
    @Test func theCopyBesideTheEscrowStandsInAndFollowsTheLedger() async throws {
        try FileManager.default.copyItem(atPath: fixture.keys, toPath: outside + "/old")
        let people = try await live()
        try FileManager.default.removeItem(atPath: fixture.keys)
        try FileManager.default.copyItem(atPath: outside + "/old", toPath: fixture.keys)
        try replaceTPM()
        // The ledger of the backup is newer: it ordered Eve's end after the escrow.
        let report = try await restore(people, keys, size: 9, erased: [people.eve])
        #expect(!report.isBackupsKeystore)
        #expect(report.forgotten == 1)
        #expect(report.subjects == 1)
        try await endRecovery()
        // Zoe came after the copy: her key is nowhere.
        #expect(try await readable(people) == [people.bob])
        try await fixture.withKeeper { keeper in
            let again = try await keeper.cipher.encrypt([.sample(people.eve)])
            #expect(throws: KeyCustodyError.self) { _ = try again[0].get() }
        }
    }

    @Test func aLedgerOlderThanTheEscrowIsRefused() async throws {
        let people = try await live()
        try replaceTPM()
        let error = await #expect(throws: KeyCustodyError.self) {
            _ = try await restore(people, keys, size: 0)
        }
        #expect(error?.message.contains("older than the escrow") == true)
        let stamp = try EscrowFile.read(escrow(people)).stamp
        #expect(stamp.treeSize == 1)
        for (generation, size, isEnough) in [
            (1, 0, false), (1, 1, true), (0, 9, false), (2, 0, true),
        ] {
            let ledger = EscrowRestoring.Ledger(
                generation: UInt64(generation), size: UInt64(size), erased: [])
            let refusal = (try? EscrowRestoring.check(ledger, against: stamp)) == nil
            #expect(refusal != isEnough)
        }
    }

    @Test func tooFewOrWrongKeysOpenNothing() async throws {
        let people = try await live()
        let stranger = try RecoveryKey.sample(1, in: fixture.home)[0]
        try replaceTPM()
        for keys in [[], [keys[0]], [keys[0], keys[0]], [keys[0], stranger]] {
            let error = await #expect(throws: KeyCustodyError.self) {
                _ = try await restore(people, keys)
            }
            #expect(error?.code == .invalid)
        }
        // Nothing was touched: the backup is as it was.
        #expect(FileManager.default.fileExists(atPath: fixture.keys + "/root.sealed"))
        #expect(try await restore(people, keys).subjects == 3)
    }

    @Test func theEscrowWithoutAKeystoreOfItsRootSaysWhatIsMissing() async throws {
        try FileManager.default.copyItem(atPath: fixture.keys, toPath: outside + "/old")
        let people = try await live()
        try FileManager.default.removeItem(atPath: fixture.keys)
        try FileManager.default.copyItem(atPath: outside + "/old", toPath: fixture.keys)
        try FileManager.default.removeItem(
            atPath: "\(directory)/keystore-\(people.epoch).sqlite")
        try replaceTPM()
        let error = await #expect(throws: KeyCustodyError.self) {
            _ = try await restore(people, keys)
        }
        #expect(error?.message.contains("keystore-\(people.epoch).sqlite is missing") == true)
    }

    /// What the old TPM attested is still attested: its key and its counter stay on record, each in its range.
    @Test func theOldAttestationKeyKeepsItsCounter() async throws {
        let before = try await fixture.withKeeper { try await $0.publicKeys() }
        let people = try await live()
        try replaceTPM()
        _ = try await restore(people, keys)
        try await endRecovery()
        let after = try await fixture.withKeeper { try await $0.publicKeys() }
        let (old, new) = (
            before.keys.filter { $0.sealCounter != nil },
            after.keys.filter { $0.sealCounter != nil }
        )
        // The generation that ends announces the old one alone.
        try #require(old.count == 1 && new == old)
        let keeper = try await fixture.open()
        #expect(keeper.hierarchy.attestationKey.publicKey != old[0].publicKey)
        #expect(keeper.hierarchy.attestationKey.sealCounter != old[0].sealCounter)
        try await keeper.close()
    }

    /// The new TPM signs published checkpoints with a key of its own, from the next generation on; the old key stands in the
    /// trust file of the generation that ended, and in no other.
    @Test func theCheckpointKeyOfAnotherTPMIsAnother() async throws {
        func resident(_ keys: [PublicKeyRecord]) -> [PublicKeyRecord] {
            keys.filter { $0.use == "checkpoint" && $0.algorithm == "ECDSA-P256-SHA256" }
        }
        let before = try await fixture.withKeeper { try await $0.publicKeys() }
        let people = try await live()
        try replaceTPM()
        _ = try await restore(people, keys)
        try await recover()
        try await fixture.withKeeper { keeper in
            let after = try await keeper.publicKeys()
            let past = try #require(after.past.first).keys.map { PublicKeyRecord($0) }
            #expect(resident(past) == resident(before.keys))
            try #require(resident(after.keys).count == 1)
            let key = resident(after.keys)[0]
            #expect(key.publicKey != resident(before.keys)[0].publicKey)
            _ = try await keeper.treeSigner.extend(
                generation: after.generation, fromSize: 0, leafHashes: Sample.leaves(0..<2))
            let note = try await keeper.publishedSigner.sign(
                generation: after.generation, size: 2)
            let noteKey = try #require(NoteKey.ecdsaP256(name: key.name, spki: key.publicKey))
            #expect(try SignedNote(parsing: note).verified(by: [noteKey]).signers == [noteKey])
        }
        #expect(
            try fixture.rows(
                """
                SELECT count(*) FROM kek WHERE use = 'published-checkpoint' \
                AND length(wrapped) > \(KeyWrap.overhead)
                """)
                == 1)
    }

    /// The TPM lives, and so may old copies: once the restored directory goes on, none of them opens any more, or a later
    /// erasure would not hold against it.
    @Test func aRestoreUnderTheSameTPMEndsEveryCopyOfBefore() async throws {
        let people = try await live()
        let copy = outside + "/copy"
        try FileManager.default.copyItem(atPath: fixture.keys, toPath: copy)
        _ = try await restore(people, keys)
        try await recover()
        #expect(try await readable(people).contains(people.bob))
        for recovering in [true, false] {
            await #expect(throws: KeyCustodyError.self) {
                _ = try await KeyCustodian.open(
                    directory: copy, logName: KeeperFixture.logName, tpm: fixture.tpm.device(),
                    recovering: recovering)
            }
        }
    }

    @Test func anEscrowIsTestedWithoutRestoring() async throws {
        let people = try await live()
        let check = try await EscrowCheck(escrow: escrow(people), keys: keys)
        #expect(check.subjects == 2)
        #expect(check.problems.isEmpty)
        await #expect(throws: KeyCustodyError.self) {
            _ = try await EscrowCheck(escrow: escrow(people), keys: [keys[1]])
        }
    }
}
