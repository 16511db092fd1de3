import ContactModel
import Foundation
import GRDB
import LedgerFormat
import Synchronization
import Testing

@testable import KeyCustody

@Suite struct ErasureTests {
    private func read(
        _ sealed: EncryptedValue, _ tag: SubjectTag, _ keeper: KeyCustodian
    ) async throws -> String? {
        let value = BoundValue(binding: try .sample(tag), value: sealed)
        return try await keeper.cipher.decrypt([value]).first?.text
    }

    /// Another subject of the same bucket.
    private func neighbour(of tag: SubjectTag) throws -> SubjectTag {
        var bytes = SubjectTag.random().bytes
        bytes[0] = tag.bytes[0]
        bytes[1] = tag.bytes[1]
        return try #require(SubjectTag(bytes))
    }

    @Test func theErasedAreUnreadableAndEveryoneElseIsNot() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let tag = Sample.tag
        let others = [try neighbour(of: tag), Sample.tag, Sample.tag]
        let orders = ErasureOrders()
        let (erased, kept) = try await fixture.withKeeper { keeper in
            let erased = try await keeper.sealed([.sample(tag)])[0]
            let kept = try await keeper.sealed(others.map { try .sample($0) })
            let order = try await orders.order(tag, keeper)
            let epochs = try await keeper.eraser.erase([order])
            #expect(epochs.after == epochs.before + 1)
            #expect(keeper.subjectCount == 3)
            #expect(try await read(erased, tag, keeper) == nil)
            for (value, other) in zip(kept, others) {
                #expect(try await read(value, other, keeper) == "a@example.org")
            }
            // No key is drawn for a subject that is gone, whoever asks; new ones are still welcome.
            for isNew in [false, true] {
                let refused = try await keeper.cipher.encrypt([.sample(tag, newSubject: isNew)])
                let error = #expect(throws: KeyCustodyError.self) { try refused[0].get() }
                #expect(error?.code == .notFound)
            }
            _ = try await keeper.sealed([.sample(Sample.tag)])
            return (erased, kept)
        }
        try await fixture.withKeeper { keeper in
            #expect(try await read(erased, tag, keeper) == nil)
            for (value, other) in zip(kept, others) {
                #expect(try await read(value, other, keeper) == "a@example.org")
            }
            // All else that the root wraps came along.
            _ = try await keeper.idempotency.tags(
                principal: "p", [IdempotencyInput(key: "k", requestDigest: Sample.digest)])
        }
    }

    /// Buckets share a row, and a row that is damaged keeps nobody from being forgotten, nor looks like an erasure.
    @Test func onADamagedShelfTheErasedAreForgottenAndTheOthersStayDamaged() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let tags = try [[0xAB, 0xC0], [0xAB, 0xC1], [0xDE, 0xF0]].map { start in
            try #require(SubjectTag(start + [UInt8](repeating: 1, count: 14)))
        }
        let values = try await fixture.withKeeper { keeper in
            try await keeper.sealed(tags.map { try .sample($0) })
        }
        try fixture.tamper("UPDATE shelf SET wrapped = zeroblob(60) WHERE shelf = 0xABC0 / 64")
        func check(_ keeper: KeyCustodian) async throws {
            let sealed = try zip(tags, values).map {
                BoundValue(binding: try .sample($0), value: $1)
            }
            let opened = try await keeper.cipher.decrypt(sealed)
            #expect(opened[0] == .unreadable)
            #expect(opened[1].damage?.code == .corrupt)
            #expect(opened[2].text == "a@example.org")
            // The bucket that has another key takes subjects again; those that lost theirs draw no second one.
            let fresh = try #require(
                SubjectTag(
                    [0xAB, 0xC0, UInt8.random(in: 2 ... .max)] + [UInt8](repeating: 1, count: 13)))
            let again = try await keeper.cipher.encrypt([.sample(fresh), .sample(tags[1])])
            #expect(throws: Never.self) { try again[0].get() }
            let error = #expect(throws: KeyCustodyError.self) { try again[1].get() }
            #expect(error?.code == .corrupt)
        }
        try await fixture.withKeeper { keeper in
            _ = try await keeper.eraser.erase([try await ErasureOrders().order(tags[0], keeper)])
            try await check(keeper)
        }
        try await fixture.withKeeper { try await check($0) }
    }

    @Test func aBatchTakesOneStepAndARepetitionNone() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let tags = (0..<20).map { _ in Sample.tag }
            _ = try await keeper.sealed(tags.map { try .sample($0) })
            let orders = ErasureOrders()
            var receipts: [ErasureOrder] = []
            for tag in tags { receipts.append(try await orders.order(tag, keeper)) }
            let epochs = try await keeper.eraser.erase(receipts)
            #expect(epochs.after == epochs.before + 1)
            #expect(keeper.subjectCount == 0)
            let again = try await keeper.eraser.erase(receipts)
            #expect(again == ErasureEpochs(before: epochs.after, after: epochs.after))
        }
    }

    /// Its key may be in a newer copy, which goes with the epoch, and none is drawn here.
    @Test func anOrderForSomebodyWithoutAKeyIsFollowedToo() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let tag = Sample.tag
            let order = try await ErasureOrders().order(tag, keeper)
            let epochs = try await keeper.eraser.erase([order])
            #expect(epochs.after == epochs.before + 1)
            let again = try await keeper.eraser.erase([order])
            #expect(again == ErasureEpochs(before: epochs.after, after: epochs.after))
            await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.sealed([.sample(tag)])
            }
        }
    }

    @Test func whatIsNoOrderOfThisLogErasesNobody() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let other = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let tag = Sample.tag
            let value = try await keeper.sealed([.sample(tag)])[0]
            let orders = ErasureOrders()
            let good = try await orders.order(tag, keeper)
            let later = try await orders.order(Sample.tag, keeper)
            let foreign = try await other.withKeeper { keeper in
                try await ErasureOrders().order(tag, keeper)
            }
            var header = try #require(good.receipt.extra)
            header[header.count - 3] ^= 1
            func forged(
                extra: [UInt8]?, index: UInt64 = good.receipt.index,
                hashes: [Digest32] = good.receipt.hashes,
                checkpoint: [UInt8] = good.receipt.checkpoint
            ) throws -> ErasureOrder {
                ErasureOrder(
                    receipt: try InclusionReceipt(
                        extra: extra, index: index, hashes: hashes, checkpoint: checkpoint),
                    payload: good.payload)
            }
            let authorizer = keeper.erasureAuthorizer
            var altered = authorizer.ticket(for: tag, actor: "dpo-1")
            altered[0] ^= 1
            let bad = [
                try await orders.order(tag, keeper, type: "AuditEvent"),
                try await orders.order(tag, keeper, stream: .contact),
                // The template gave both keepers the same log key: another tree of the same log.
                try forged(
                    extra: foreign.receipt.extra, checkpoint: later.receipt.checkpoint),
                try forged(extra: nil), try forged(extra: header),
                try forged(extra: good.receipt.extra, index: good.receipt.index + 1),
                try forged(extra: good.receipt.extra, hashes: later.receipt.hashes + [.zero]),
                try forged(
                    extra: good.receipt.extra,
                    checkpoint: Array(good.receipt.checkpoint.dropLast())),
                try forged(extra: good.receipt.extra, checkpoint: Array("x".utf8)),
                // Written by whoever holds the ledger, without anybody's signature.
                try await orders.order(tag, keeper, ticket: Data()),
                try await orders.order(tag, keeper, ticket: Data(altered)),
                try await orders.order(
                    tag, keeper, ticket: Data(authorizer.ticket(for: Sample.tag, actor: "dpo-1"))),
                // In another's name than whoever signed.
                try await orders.order(tag, keeper, actor: "dpo-2"),
                ErasureOrder(receipt: good.receipt, payload: later.payload),
            ]
            for receipt in bad {
                let error = await #expect(throws: KeyCustodyError.self) {
                    _ = try await keeper.eraser.erase([good, receipt])
                }
                #expect(error?.code == .invalid)
            }
            #expect(try await read(value, tag, keeper) == "a@example.org")
        }
    }

    /// Encrypting, decrypting and sealing idempotency tags go on while subjects are erased beside them.
    @Test func othersAreServedMeanwhile() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let orders = ErasureOrders()
            let tags = (0..<8).map { _ in Sample.tag }
            let kept = tags.map { _ in Sample.tag }
            _ = try await keeper.sealed(tags.map { try .sample($0) })
            let values = try await keeper.sealed(kept.map { try .sample($0) })
            let isDone = Atomic(false)
            let working = Task {
                var rounds = 0
                while !isDone.load(ordering: .relaxed) {
                    for (tag, value) in zip(kept, values) {
                        let text = try await read(value, tag, keeper)
                        #expect(text == "a@example.org")
                    }
                    let fresh = Sample.tag
                    let value = try await keeper.sealed([.sample(fresh)])[0]
                    keeper.hierarchy.subjects.removeAll()
                    #expect(try await read(value, fresh, keeper) == "a@example.org")
                    rounds += 1
                }
                return rounds
            }
            for tag in tags {
                _ = try await keeper.eraser.erase([try await orders.order(tag, keeper)])
            }
            isDone.store(true, ordering: .relaxed)
            #expect(try await working.value > 0)
        }
    }

    // MARK: - Crashes and restored copies

    /// The files and the TPM at the steps of one erasure.
    private struct Story {
        let fixture: KeeperFixture
        let tag: SubjectTag
        let other: SubjectTag
        let values: [EncryptedValue]
        var before: String { fixture.home + "/before" }
        var after: String { fixture.home + "/after" }

        /// Both moments as a kill leaves them.
        static func make() async throws -> Story {
            let fixture = try await KeeperFixture.provisioned()
            let (tag, other) = (Sample.tag, Sample.tag)
            let keeper = try await fixture.open()
            let values = try await keeper.sealed([.sample(tag), .sample(other)])
            let order = try await ErasureOrders().order(tag, keeper)
            let story = Story(fixture: fixture, tag: tag, other: other, values: values)
            try story.copy(to: story.before)
            var epochs: ErasureEpochs?
            for _ in 0..<3 where epochs == nil {
                // Copying restarted the TPM; its first use finds the connection broken.
                epochs = try? await keeper.eraser.erase([order])
            }
            #expect(epochs.map { $0.after == $0.before + 1 } == true)
            try story.copy(to: story.after)
            try await keeper.keystore.close()
            keeper.lock.release()
            return story
        }

        private func copy(to directory: String) throws {
            let files = FileManager.default
            fixture.tpm.stop()
            try files.createDirectory(atPath: directory, withIntermediateDirectories: false)
            try files.copyItem(atPath: fixture.tpm.directory, toPath: directory + "/tpm")
            try files.copyItem(atPath: fixture.keys, toPath: directory + "/keys")
            try fixture.tpm.start()
        }

        /// Puts a mixture of both moments in place.
        func arrange(
            tpm: String, keystore: String, sealed: String, next: String?
        ) throws {
            let files = FileManager.default
            fixture.tpm.stop()
            try files.removeItem(atPath: fixture.tpm.directory)
            try files.copyItem(atPath: tpm + "/tpm", toPath: fixture.tpm.directory)
            try files.removeItem(atPath: fixture.keys)
            try files.copyItem(atPath: keystore + "/keys", toPath: fixture.keys)
            try files.removeItem(atPath: fixture.keys + "/root.sealed")
            try files.copyItem(
                atPath: sealed + "/keys/root.sealed", toPath: fixture.keys + "/root.sealed")
            if let next {
                try files.copyItem(
                    atPath: next + "/keys/root.sealed", toPath: fixture.keys + "/root.next")
            }
            try fixture.tpm.start()
        }

        func texts() async throws -> [String?] {
            try await fixture.withKeeper { keeper in
                let sealed = try zip([tag, other], values).map { tag, value in
                    BoundValue(binding: try .sample(tag), value: value)
                }
                return try await keeper.cipher.decrypt(sealed).map(\.text)
            }
        }
    }

    @Test func aCrashBeforeTheKeystoreMovedErasesNobody() async throws {
        let story = try await Story.make()
        try story.arrange(
            tpm: story.before, keystore: story.before, sealed: story.before, next: story.after)
        #expect(try await story.texts() == ["a@example.org", "a@example.org"])
        #expect(!FileManager.default.fileExists(atPath: story.fixture.keys + "/root.next"))
    }

    @Test(arguments: [false, true])
    func aCrashAfterTheKeystoreMovedIsCompleted(hadCounted: Bool) async throws {
        let story = try await Story.make()
        try story.arrange(
            tpm: hadCounted ? story.after : story.before, keystore: story.after,
            sealed: story.before, next: story.after)
        #expect(try await story.texts() == [nil, "a@example.org"])
        #expect(!FileManager.default.fileExists(atPath: story.fixture.keys + "/root.next"))
        #expect(try await story.texts() == [nil, "a@example.org"])
    }

    /// Once the TPM has counted, only the file that the keystore was moved to opens it: for another it must not count.
    @Test func anotherNextRootThanTheKeystoresDoesNotMakeTheTPMCount() async throws {
        let story = try await Story.make()
        try story.arrange(
            tpm: story.before, keystore: story.after, sealed: story.before, next: story.after)
        let path = story.fixture.keys + "/root.next"
        let next = try SealedRoot(
            fileBytes: Array(Data(contentsOf: URL(fileURLWithPath: path))))
        let device = try story.fixture.tpm.device()
        let before = try await device.value(of: next.counter)
        let other = try await device.seal(
            .random(count: 64), counter: next.counter, epoch: next.epoch)
        let right = try Data(contentsOf: URL(fileURLWithPath: path))
        try Data(other.fileBytes).write(to: URL(fileURLWithPath: path))
        await #expect(throws: KeyCustodyError.self) { _ = try await story.texts() }
        #expect(try await story.fixture.tpm.device().value(of: next.counter) == before)
        // With the right one put back all is well.
        try right.write(to: URL(fileURLWithPath: path))
        #expect(try await story.texts() == [nil, "a@example.org"])
    }

    /// Killed between the subjects' end and the new root: the order, asked again, brings the epoch that is owed.
    @Test func subjectsThatAreGoneStillOweAnEpoch() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let tag = Sample.tag
        let orders = ErasureOrders()
        let order = try await fixture.withKeeper { keeper in
            _ = try await keeper.sealed([.sample(tag)])
            let renewal = BucketRenewal(
                keeper.hierarchy, forgetting: [BucketKeys.number(of: tag): [tag]])
            _ = try await keeper.keystore.commit { db in try renewal.run(db).erased }
            return try await orders.order(tag, keeper)
        }
        try await fixture.withKeeper { keeper in
            let epochs = try await keeper.eraser.erase([order])
            #expect(epochs.after == epochs.before + 1)
            let again = try await keeper.eraser.erase([order])
            #expect(again.before == again.after)
        }
    }

    /// Yesterday's copy of all of it, or of parts, with the TPM of today: nobody reads the erased.
    @Test(arguments: [
        ["before", "before"], ["before", "after"], ["after", "before"],
    ])
    func noMixtureOfOldFilesBringsTheErasedBack(files: [String]) async throws {
        let story = try await Story.make()
        let home = story.fixture.home + "/"
        try story.arrange(
            tpm: story.after, keystore: home + files[0], sealed: home + files[1], next: nil)
        await #expect(throws: KeyCustodyError.self) { _ = try await story.texts() }
        // What the files hold cannot be opened either, by whoever has them and the TPM.
        let bytes = try Data(contentsOf: URL(fileURLWithPath: story.before + "/keys/root.sealed"))
        let old = try SealedRoot(fileBytes: Array(bytes))
        let error = await #expect(throws: TPMError.self) {
            _ = try await story.fixture.tpm.device().unseal(old)
        }
        #expect(error?.code == .superseded)
        // With the newest files everyone else is there again.
        try story.arrange(
            tpm: story.after, keystore: story.after, sealed: story.after, next: nil)
        #expect(try await story.texts() == [nil, "a@example.org"])
    }

    @Test func withTheTPMAwayAnErasureIsFinishedLater() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let tag = Sample.tag
            let value = try await keeper.sealed([.sample(tag)])[0]
            let order = try await ErasureOrders().order(tag, keeper)
            fixture.tpm.stop()
            let error = await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.eraser.erase([order])
            }
            #expect(error?.code == .unavailable)
            #expect(try await read(value, tag, keeper) == "a@example.org")
            try fixture.tpm.start()
            var epochs: ErasureEpochs?
            for _ in 0..<3 where epochs == nil {
                epochs = try? await keeper.eraser.erase([order])
            }
            #expect(epochs != nil)
            #expect(try await read(value, tag, keeper) == nil)
        }
    }
}
