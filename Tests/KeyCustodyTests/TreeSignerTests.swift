import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

@Suite struct TreeSignerTests {
    private func checkpoint(_ note: [UInt8], _ keys: PublicKeys) throws -> Checkpoint {
        let log = try #require(keys.keys.first { $0.use == "checkpoint" })
        let key = try #require(NoteKey.ed25519(name: log.name, publicKey: log.publicKey))
        #expect(key.keyIDHex == log.keyID)
        let verified = try SignedNote(parsing: note).verified(by: [key])
        return try Checkpoint(parsing: verified.text)
    }

    @Test func signsTheTreeItRebuilt() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let leaves = try Sample.leaves(0..<300)
        try await fixture.withKeeper { keeper in
            let keys = try await keeper.publicKeys()
            var size = 0
            for group in [1, 1, 5, 100, 193] {
                let note = try await keeper.treeSigner.extend(
                    generation: 1, fromSize: UInt64(size),
                    leafHashes: Array(leaves[size..<size + group]))
                size += group
                let checkpoint = try checkpoint(note, keys)
                #expect(checkpoint.origin == "chancery.test/g1")
                #expect(checkpoint.size == UInt64(size))
                #expect(checkpoint.root == MerkleTree.root(ofLeaves: Array(leaves.prefix(size))))
            }
            #expect(try await keeper.publicKeys().treeSize == 300)
        }
    }

    @Test func goesOnAfterARestart() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let leaves = try Sample.leaves(0..<10)
        _ = try await fixture.withKeeper {
            try await $0.treeSigner.extend(
                generation: 1, fromSize: 0, leafHashes: Array(leaves.prefix(7)))
        }
        try await fixture.withKeeper { keeper in
            let note = try await keeper.treeSigner.extend(
                generation: 1, fromSize: 7, leafHashes: Array(leaves.suffix(3)))
            let checkpoint = try checkpoint(note, try await keeper.publicKeys())
            #expect(checkpoint.root == MerkleTree.root(ofLeaves: leaves))
        }
    }

    @Test(arguments: [(4, 1), (4, 2), (4, 3), (0, 4), (6, 1), (0, 5)])
    func neverSignsASecondTreeOfASizeNorASmallerOne(from: UInt64, count: Int) async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            _ = try await keeper.treeSigner.extend(
                generation: 1, fromSize: 0, leafHashes: Sample.leaves(0..<5))
            let error = await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.treeSigner.extend(
                    generation: 1, fromSize: from, leafHashes: Sample.leaves(100..<100 + count))
            }
            #expect(error?.code == .equivocation)
            #expect(error?.message.contains("size \(from)") == true)
            #expect(error?.message.contains("recorded size is 5") == true)
            let reachesBoundary = Int(from) + count == 5
            #expect(error?.message.contains("sign it again") == reachesBoundary)
            #expect(try await keeper.treeSigner.recordedSize() == 5)
        }
    }

    @Test func oneOfTwoRacingExtensionsIsRefused() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let outcomes = try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
                for start in [0, 1_000] {
                    group.addTask {
                        try? await keeper.treeSigner.extend(
                            generation: 1, fromSize: 0, leafHashes: Sample.leaves(start..<start + 9)
                        )
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.compactMap { $0 }.count == 1)
            #expect(try await keeper.treeSigner.recordedSize() == 9)
        }
    }

    /// The reply was lost between record and caller; the recorded boundary is signed to the same bytes.
    @Test func signsTheSameBytesAgainAlsoAfterARestart() async throws {
        let fixture = try await KeeperFixture.provisioned()
        let notes = try await fixture.withKeeper { keeper in
            var notes: [[UInt8]] = []
            for size in 0..<3 {
                notes.append(
                    try await keeper.treeSigner.extend(
                        generation: 1, fromSize: UInt64(size),
                        leafHashes: Sample.leaves(size..<size + 1)))
            }
            return notes
        }
        try await fixture.withKeeper { keeper in
            for (offset, note) in notes.enumerated() {
                let again = try await keeper.treeSigner.resign(
                    generation: 1, size: UInt64(offset + 1))
                #expect(again == note)
            }
        }
    }

    @Test(arguments: [0, 2, 4, UInt64(Int64.max), .max])
    func signsAgainOnlyWhatItRecorded(size: UInt64) async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            _ = try await keeper.treeSigner.extend(
                generation: 1, fromSize: 0, leafHashes: Sample.leaves(0..<3))
            await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.treeSigner.resign(generation: 1, size: size)
            }
        }
    }

    @Test func emptyGroupsAndOtherGenerationsAreRefused() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            for (generation, leaves) in [(1, []), (2, try Sample.leaves(0..<1))] {
                let error = await #expect(throws: KeyCustodyError.self) {
                    _ = try await keeper.treeSigner.extend(
                        generation: UInt64(generation), fromSize: 0, leafHashes: leaves)
                }
                #expect(error?.code == .invalid)
            }
        }
    }

    /// Whoever writes to the keystore's file cannot make the signer believe in another tree.
    @Test(arguments: [
        "UPDATE log_state SET frontier = substr(frontier, 1, 33)",
        "UPDATE log_state SET size = 2, frontier = substr(frontier, 1, 32)",
        "UPDATE log_state SET frontier = zeroblob(64)",
        "UPDATE log_state SET size = 0, frontier = x''",
        "UPDATE log_state SET mac = zeroblob(32)",
    ])
    func alteredRecordIsRefused(sql: String) async throws {
        let fixture = try await KeeperFixture.provisioned()
        _ = try await fixture.withKeeper {
            try await $0.treeSigner.extend(
                generation: 1, fromSize: 0, leafHashes: Sample.leaves(0..<3))
        }
        try fixture.tamper(sql)
        let closed = await #expect(throws: KeyCustodyError.self) { _ = try await fixture.open() }
        #expect(closed?.code == .corrupt)
        let keeper = try await fixture.open(recovering: true)
        do {
            for from in [UInt64(0), 2, 3] {
                let error = await #expect(throws: KeyCustodyError.self) {
                    _ = try await keeper.treeSigner.extend(
                        generation: 1, fromSize: from, leafHashes: Sample.leaves(3..<4))
                }
                #expect(error?.code == .corrupt)
            }
        }
        try await keeper.close(anchoring: false)
    }

    @Test(arguments: [
        "INSERT INTO signed VALUES (1, 2, zeroblob(32), zeroblob(32))",
        "INSERT INTO signed SELECT 1, 2, root, mac FROM signed WHERE size = 3",
        "UPDATE signed SET size = 2", "UPDATE signed SET size = 2, root = zeroblob(32)",
    ])
    func boundariesPutInByOthersAreNotSigned(sql: String) async throws {
        let fixture = try await KeeperFixture.provisioned()
        _ = try await fixture.withKeeper {
            try await $0.treeSigner.extend(
                generation: 1, fromSize: 0, leafHashes: Sample.leaves(0..<3))
        }
        try fixture.tamper(sql)
        try await fixture.withKeeper { keeper in
            let error = await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.treeSigner.resign(generation: 1, size: 2)
            }
            #expect(error?.code == .corrupt)
        }
    }
}
