import ContactModel
import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

/// Where the TPM's anchor stands, certified with what was signed.
@Suite struct AnchorerTests {
    private func expectCertified(
        _ anchor: TPMAnchored, _ keeper: KeyCustodian, size: Int,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> UInt64 {
        let keys = try await keeper.publicKeys()
        let key = try #require(keys.keys.first { $0.use == "attestation" })
        let said = try CounterCertification(
            attest: [UInt8](anchor.certifyAttest), signature: [UInt8](anchor.certifySignature))
        #expect(said.isSigned(by: key.publicKey), sourceLocation: sourceLocation)
        let root = MerkleTree.root(ofLeaves: try Sample.leaves(0..<size))
        let statement = AnchorStatement(
            origin: keys.origin, size: UInt64(size), root: root,
            occasion: try #require(AnchorStatement.Occasion(rawValue: anchor.occasion)),
            reason: anchor.reason ?? "")
        #expect(said.digest == statement.digest, sourceLocation: sourceLocation)
        #expect(
            anchor.size == UInt64(size) && anchor.root == root.hex, sourceLocation: sourceLocation)
        let name = try await keeper.counters.record(.anchor).counter.name
        #expect(said.counterName == name, sourceLocation: sourceLocation)
        return said.counter
    }

    private func sign(
        _ keeper: KeyCustodian, _ leaves: Range<Int>
    ) async throws {
        _ = try await keeper.treeSigner.extend(
            generation: 1, fromSize: UInt64(leaves.lowerBound), leafHashes: Sample.leaves(leaves))
    }

    private func anchorValue(_ fixture: KeeperFixture) async throws -> UInt64 {
        let keeper = try await fixture.open(recovering: true)
        let value = try await keeper.counters.value(.anchor)
        try await keeper.close(anchoring: false)
        return value
    }

    /// No two certificates are of one value: the entry with the first may be on disk although nobody said so.
    @Test func anAnchorTellsHowFarWasSigned() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let start = try await keeper.anchorer.certify(.start)
            let first = try await expectCertified(start, keeper, size: 0)
            let again = try await keeper.anchorer.certify(.running)
            let second = try await expectCertified(again, keeper, size: 0)
            #expect(second == first + 1)
            try await sign(keeper, 0..<4)
            let next = try await keeper.anchorer.certify(.running)
            let third = try await expectCertified(next, keeper, size: 4)
            #expect(third == first + 2)
        }
    }

    /// One leaf is the entry that tells of the stop. Whatever else is signed moves the counter first, so that nobody takes the
    /// stop for the end.
    @Test(arguments: [1, 2])
    func behindAStopTheCounterMovesBeforeAnythingElseIsSigned(leaves: Int) async throws {
        let fixture = try await KeeperFixture.provisioned()
        let stopped = try await fixture.withKeeper { keeper in
            try await sign(keeper, 0..<4)
            let stop = try await keeper.anchorer.certify(.stop)
            let value = try await expectCertified(stop, keeper, size: 4)
            try await sign(keeper, 4..<4 + leaves)
            let now = try await keeper.counters.value(.anchor)
            #expect(now == value + UInt64(leaves) - 1)
            return value
        }
        // A keeper that ends moves it, unless nothing else was signed.
        let value = try await anchorValue(fixture)
        #expect(value == stopped + (leaves == 1 ? 0 : 2))
        try await fixture.withKeeper { keeper in
            let next = try await keeper.counters.value(.anchor)
            #expect(next == value + 1)
        }
    }

    /// Whatever a kill leaves: as long as the TPM's counter has the value of a stop, nothing is signed behind it.
    @Test func afterAKillTheLimitIsKnown() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            try await sign(keeper, 0..<4)
            _ = try await keeper.anchorer.certify(.stop)
            let (stopped, value) = try await keeper.counters.current(.anchor)
            #expect(stopped.finalSize == 4)
            #expect(Anchorer.limit(stopped, value: value, treeSize: 4) == 5)
            // The step behind it is written down, and the TPM has not counted yet.
            var pending = stopped
            pending.move(to: value + 1)
            #expect(Anchorer.limit(pending, value: value, treeSize: 5) == 5)
            #expect(Anchorer.limit(pending, value: value + 1, treeSize: 5) == nil)
        }
    }

    /// The keeper looks every two seconds, and steps come from three sides.
    @Test func aStepBesideALookIsNoContradiction() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            let before = try await keeper.counters.value(.anchor)
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<40 { try await keeper.anchorer.check() }
                    }
                    group.addTask {
                        for _ in 0..<10 { try await keeper.anchorer.move() }
                    }
                }
                try await group.waitForAll()
            }
            let after = try await keeper.counters.value(.anchor)
            #expect(after == before + 40)
        }
    }

    @Test func withoutATPMNothingIsFinal() async throws {
        let fixture = try await KeeperFixture.provisioned()
        try await fixture.withKeeper { keeper in
            try await sign(keeper, 0..<4)
            fixture.tpm.stop()
            let error = await #expect(throws: KeyCustodyError.self) {
                _ = try await keeper.anchorer.certify(.stop)
            }
            #expect(error?.code == .unavailable)
            try await sign(keeper, 4..<9)
            try fixture.tpm.start()
        }
    }
}
