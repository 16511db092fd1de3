import LedgerFormat
import Testing

@Suite struct MerkleTreeTests {
    /// The leaves and roots of the reference implementation of RFC 6962.
    static let leaves = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    static let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    @Test func knownRootsOfRFC6962() throws {
        #expect(
            MerkleTree.emptyRoot.hex
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(MerkleFrontier().root == MerkleTree.emptyRoot)
        let hashes = try Self.leaves.map { MerkleTree.leafHash(try #require(LowerHex.decode($0))) }
        for (count, root) in zip(1..., Self.roots) {
            #expect(MerkleTree.root(ofLeaves: hashes.prefix(count)).hex == root)
        }
    }

    @Test func frontierIsTheFullTreeAtEverySize() throws {
        let reference = ReferenceTree(count: 130)
        let nodes = MemoryNodes(leaves: reference.leaves)
        var frontier = MerkleFrontier()
        for size in 0...130 {
            #expect(frontier.size == UInt64(size))
            #expect(frontier.root == reference.root(0..<size))
            #expect(try MerkleProof.root(size: UInt64(size), reader: nodes) == frontier.root)
            // Restored from its hashes, or from stored nodes, it goes on as before.
            let stored = try nodes.hashes(of: MerkleFrontier.nodes(size: UInt64(size)))
            #expect(stored == frontier.hashes)
            #expect(MerkleFrontier(size: UInt64(size), hashes: stored) == frontier)
            if size < 130 { frontier.append(reference.leaves[size]) }
        }
    }

    @Test func nodesAreNumberedAsTheyAreCompleted() {
        var frontier = MerkleFrontier()
        var next: UInt64 = 0
        for size in 0..<600 as Range<UInt64> {
            #expect(TreeNode.completed(by: size) == next)
            frontier.append(.zero) { node, _ in
                #expect(node.completionOrder == next, "\(node)")
                next += 1
            }
        }
    }

    @Test func runsHashedApartGiveTheTree() {
        let leaves = ReferenceTree(count: 40).leaves
        func run(_ range: Range<Int>) -> MerkleRun {
            var run = MerkleRun(start: UInt64(range.lowerBound))
            for leaf in leaves[range] { run.append(leaf) }
            return run
        }
        for size in 0...40 {
            let whole = MerkleTree.root(ofLeaves: leaves.prefix(size))
            for first in 0...size {
                for second in first...size {
                    var tree = MerkleFrontier()
                    tree.append(run(0..<first))
                    tree.append(run(first..<second))
                    tree.append(run(second..<size))
                    #expect(tree.root == whole && tree.size == UInt64(size))
                }
            }
        }
    }

    @Test func frontierOfAnotherShapeIsRefused() throws {
        let hash = try Fixtures.digest(1)
        #expect(MerkleFrontier(size: 3, hashes: [hash]) == nil)
        #expect(MerkleFrontier(size: 0, hashes: [hash]) == nil)
        #expect(MerkleFrontier(size: 4, hashes: [hash, hash]) == nil)
        #expect(MerkleFrontier(size: 1 << 53, hashes: [hash]) == nil)
    }
}
