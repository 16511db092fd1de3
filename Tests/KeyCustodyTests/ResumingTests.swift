import ContactModel
import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

/// A keystore that is older than its ledger goes on in the same generation only if nothing signed can be missing.
@Suite struct ResumingTests {
    /// Leaves when the keystore was copied, and when the keeper stopped; the entry that tells of the stop is one more.
    private static let (copied, stopped) = (3, 7)

    /// What the ledger shows, and how a test makes it wrong.
    struct Shown {
        var anchor: TPMAnchored
        var leaves = ResumingTests.stopped
        var notes: [[UInt8]]
        var from = ResumingTests.copied
        var keys: AnnouncedKeys

        /// As a ledger with these leaves, whatever was signed.
        func end() throws -> CertifiedEnd {
            var tree = MerkleFrontier()
            var nodes: [TreeNode: Digest32] = [:]
            for leaf in try Sample.leaves(0..<leaves) {
                tree.append(leaf) { nodes[$0] = $1 }
            }
            return CertifiedEnd(
                anchor: anchor, subtrees: tree.hashes,
                leaf: try Sample.leaves(leaves..<leaves + 1)[0],
                consistency: try MerkleProof.consistency(
                    from: UInt64(from), to: UInt64(leaves), reader: Nodes(hashes: nodes)))
        }
    }

    private struct Nodes: TreeNodeReader {
        let hashes: [TreeNode: Digest32]

        func hashes(of nodes: [TreeNode]) throws -> [Digest32] {
            try nodes.map { try #require(hashes[$0]) }
        }
    }

    private func extend(_ keeper: KeyCustodian, _ leaves: Range<Int>) async throws -> [UInt8] {
        try await keeper.treeSigner.extend(
            generation: 1, fromSize: UInt64(leaves.lowerBound), leafHashes: Sample.leaves(leaves))
    }

    /// Keys of before a subject was added, and what the ledger shows after a stop.
    private func rolledBack(
        occasion: AnchorStatement.Occasion = .stop,
        _ afterwards: (KeyCustodian) async throws -> Void = { _ in }
    ) async throws -> (KeeperFixture, Shown) {
        let fixture = try await KeeperFixture.provisioned()
        _ = try await fixture.withKeeper { try await extend($0, 0..<Self.copied) }
        try FileManager.default.copyItem(atPath: fixture.keys, toPath: fixture.home + "/copy")
        let shown = try await fixture.withKeeper { keeper in
            _ = try await keeper.sealed([.sample(Sample.tag)])
            _ = try await extend(keeper, Self.copied..<Self.stopped)
            let anchor = try await keeper.anchorer.certify(occasion)
            let note = try await extend(keeper, Self.stopped..<Self.stopped + 1)
            try await afterwards(keeper)
            return Shown(anchor: anchor, notes: [note], keys: try .told(keeper))
        }
        try FileManager.default.removeItem(atPath: fixture.keys)
        try FileManager.default.moveItem(atPath: fixture.home + "/copy", toPath: fixture.keys)
        return (fixture, shown)
    }

    /// - Returns: why not.
    private func resume(_ fixture: KeeperFixture, _ shown: Shown) async throws -> String? {
        let keeper = try await fixture.open(recovering: true)
        do {
            let refusal = try await keeper.recoverer.resume(
                at: shown.end(), manifest: nil, notes: shown.notes, keys: shown.keys,
                reason: "keys of yesterday")
            try await keeper.close(anchoring: false)
            return refusal
        } catch {
            try? await keeper.close(anchoring: false)
            throw error
        }
    }

    @Test func behindACleanStopItGoesOn() async throws {
        let (fixture, shown) = try await rolledBack()
        #expect(try await resume(fixture, shown) == nil)
        try await fixture.withKeeper { keeper in
            let keys = try await keeper.publicKeys()
            #expect(keys.generation == 1 && keys.treeSize == UInt64(Self.stopped + 1))
            // The same bytes as the keystore that is lost signed.
            let again = try await keeper.treeSigner.resign(
                generation: 1, size: UInt64(Self.stopped + 1))
            #expect(again == shown.notes[0])
            // Why it went on, until the ledger has asked for another.
            let start = try await keeper.anchorer.certify(.start)
            #expect(start.reason == "keys of yesterday")
            _ = try await extend(keeper, Self.stopped + 1..<Self.stopped + 3)
            let running = try await keeper.anchorer.certify(.running)
            #expect(running.reason == nil)
        }
        try await fixture.withKeeper { keeper in
            let start = try await keeper.anchorer.certify(.start)
            #expect(start.reason == nil)
        }
    }

    /// The newest keystore must not go on beside it.
    @Test func everyOtherCopyIsTold() async throws {
        let (fixture, shown) = try await rolledBack()
        try FileManager.default.copyItem(atPath: fixture.keys, toPath: fixture.home + "/other")
        #expect(try await resume(fixture, shown) == nil)
        try FileManager.default.removeItem(atPath: fixture.keys)
        try FileManager.default.moveItem(atPath: fixture.home + "/other", toPath: fixture.keys)
        let refusal = try await resume(fixture, shown)
        #expect(refusal?.contains("started since") == true, "\(refusal ?? "")")
    }

    enum Change: String, CaseIterable {
        case lessOfTheTree, moreOfTheTree, anotherAnchor, anotherStart, anotherRoot, unknownKey,
            lostKey

        func callAsFunction(_ shown: inout Shown) {
            switch self {
            case .lessOfTheTree: shown.leaves -= 1
            case .moreOfTheTree: shown.leaves += 1
            case .anotherAnchor: shown.anchor.certifyAttest[40] ^= 1
            case .anotherStart: shown.from -= 1
            case .anotherRoot: shown.anchor.root = Digest32.zero.hex
            case .unknownKey:
                shown.keys = AnnouncedKeys(
                    activated: shown.keys.activated.union(["00"]), retired: shown.keys.retired)
            case .lostKey:
                shown.keys = AnnouncedKeys(
                    activated: shown.keys.activated, retired: shown.keys.activated)
            }
        }
    }

    @Test(arguments: Change.allCases)
    func whatIsNotShownIsRefusedAndChangesNothing(_ change: Change) async throws {
        var (fixture, shown) = try await rolledBack()
        let right = shown
        change(&shown)
        #expect(try await resume(fixture, shown) != nil, "\(change)")
        #expect(try await resume(fixture, right) == nil)
    }

    @Test func withoutAStopEntriesMayBeMissing() async throws {
        let (fixture, shown) = try await rolledBack(occasion: .running)
        #expect(try await resume(fixture, shown)?.contains("clean stop") == true)
        var lying = shown
        lying.anchor.occasion = AnchorStatement.Occasion.stop.rawValue
        #expect(try await resume(fixture, lying) != nil)
    }

    /// What was signed behind the stop moved the counter, also where the ledger does not show it.
    @Test func entriesBehindTheStopAreNotForgotten() async throws {
        let (fixture, shown) = try await rolledBack { keeper in
            _ = try await extend(keeper, Self.stopped + 1..<Self.stopped + 2)
        }
        #expect(try await resume(fixture, shown)?.contains("started since") == true)
    }
}
