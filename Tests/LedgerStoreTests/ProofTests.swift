import Foundation
import LedgerFormat
import LedgerVerification
import Synchronization
import Testing

@testable import LedgerStore

@Suite struct ProofTests {
    /// Small trees exhaustively: every index of every size, every pair of sizes.
    @Test func everyProofOfASmallTreeVerifies() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        for _ in 0..<28 { _ = try await ledger.append(Drafts.read()) }
        let size = ledger.signedSize
        var leaves: [Digest32] = []
        for index in 0..<size { leaves.append(try ledger.leafHash(index: index)) }
        for size in 1...size {
            let root = MerkleTree.root(ofLeaves: leaves.prefix(Int(size)))
            for index in 0..<size {
                let answer = try ledger.inclusion(index: index, size: size)
                #expect(answer.root == root)
                try MerkleProof.verifyInclusion(
                    leaf: answer.leafHash, index: index, size: size, proof: answer.hashes,
                    root: root)
            }
            for from in 1...size {
                let answer = try ledger.consistency(from: from, to: size)
                try MerkleProof.verifyConsistency(
                    from: from, to: size, proof: answer.hashes, fromRoot: answer.fromRoot,
                    toRoot: root)
            }
        }
        await ledger.close()
    }

    /// Beyond 256 leaves tiles fill up and the tree has a second level of them.
    @Test func tilesOfTwoLevelsGiveTheSameRootAndProofs() async throws {
        let fixture = try LedgerFixture()
        var ledger = try await fixture.open()
        let mutations = try (0..<300).map { try Drafts.create(Drafts.Person("p\($0)")) }
        _ = try await ledger.append(Drafts.append(mutations))
        await ledger.close(sealing: false)
        ledger = try await fixture.open()
        let size = ledger.signedSize
        #expect(size > 512)
        var leaves: [Digest32] = []
        for index in 0..<size { leaves.append(try ledger.leafHash(index: index)) }
        for (index, size) in [(0, size), (255, 256), (256, size), (511, 513), (size - 1, size)] {
            let answer = try ledger.inclusion(index: index, size: size)
            #expect(answer.root == MerkleTree.root(ofLeaves: leaves.prefix(Int(size))))
            try MerkleProof.verifyInclusion(
                leaf: leaves[Int(index)], index: index, size: size, proof: answer.hashes,
                root: answer.root)
        }
        let full = try ledger.tile(level: 0, number: 1, width: 256)
        #expect(full == leaves[256..<512].reduce(into: Data()) { $0.append($1.data) })
        let upper = try ledger.tile(level: 1, number: 0, width: 2)
        #expect(upper.prefix(32) == MerkleTree.root(ofLeaves: leaves[0..<256]).data)
        // A partial tile of an older size is a prefix.
        #expect(try ledger.tile(level: 0, number: 1, width: 100) == full.prefix(3_200))
        let bundle = try EntryBundle.decode(try ledger.bundle(number: 1, width: 256))
        #expect(bundle.map { MerkleTree.leafHash($0) } == Array(leaves[256..<512]))
        await ledger.close()
    }

    @Test func aReceiptVerifiesAloneAndAtOnce() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let receipt = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        let bytes = try ledger.receipt(index: receipt.index)
        let trust = try fixture.signer.identity().trustFile()
        _ = try ReceiptVerifier(trust: trust).verify(bytes: bytes)
        await ledger.close()
    }

    @Test func nothingBeyondTheSignedTreeIsTold() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        fixture.signer.change { $0.isAway = true }
        let waiting = Task { try await ledger.append(Drafts.read()) }
        while ledger.status.durableSize == 2 { await Task.yield() }
        let reads: [() throws -> Void] = [
            { _ = try ledger.entry(at: 2) }, { _ = try ledger.receipt(index: 2) },
            { _ = try ledger.leafHash(index: 2) }, { _ = try ledger.inclusion(index: 0, size: 3) },
            { _ = try ledger.consistency(from: 1, to: 3) },
            { _ = try ledger.tile(level: 0, number: 0, width: 3) },
            { _ = try ledger.bundle(number: 0, width: 3) },
        ]
        for read in reads {
            #expect { try read() } throws: { ($0 as? LedgerStoreError)?.code == .notFound }
        }
        fixture.signer.change { $0.isAway = false }
        _ = try await waiting.value
        await ledger.close()
    }

    /// At the instant at which a checkpoint is on disk, it is not served yet.
    @Test func theCheckpointIsPersistedBeforeItIsServed() async throws {
        let fixture = try LedgerFixture()
        let ledger = try await fixture.open()
        let seen = Mutex<[(stored: UInt64, served: UInt64)]>([])
        fixture.onFault { [unowned fixture, unowned ledger] point in
            guard point == .notesStored else { return }
            let file = try fixture.segment(1).openForReading(immutable: false)
            let stored = try file.read { db in try SegmentContents.lastPublished(db)?.size }
            let served = try ledger.publishedCheckpoint.map(Self.size)
            seen.withLock { $0.append((stored ?? 0, served ?? 0)) }
        }
        _ = try await ledger.appendOne(Drafts.create(Drafts.Person("ada")))
        let size = ledger.signedSize
        while try ledger.publishedCheckpoint.map(Self.size) != size {
            try await Task.sleep(for: .milliseconds(5))
        }
        let observations = seen.withLock { $0 }
        #expect(observations.last?.stored == size)
        for (stored, served) in observations { #expect(served < stored) }
        await ledger.close()
        fixture.onFault(nil)
        let reopened = try await fixture.open()
        #expect(try reopened.publishedCheckpoint.map(Self.size) ?? 0 >= size)
        await reopened.close()
        try await fixture.check(unsignedTail: 0)
    }

    private static func size(_ note: Data) throws -> UInt64 {
        try Checkpoint(parsing: SignedNote(parsing: note).text).size
    }
}
