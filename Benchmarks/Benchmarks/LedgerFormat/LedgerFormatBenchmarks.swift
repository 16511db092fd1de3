import Benchmark
import Foundation
import LedgerFormat

/// Made once and kept: what ends inside a measurement counts, and closing unlinked files frees their pages.
private let million = Result { try ProjectedTree(leaves: 1_000_000) }

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput, .mallocCountTotal], scalingFactor: .kilo,
        maxDuration: .seconds(2))

    Benchmark("leaf hash of 600 B") { benchmark in
        let leaf = [UInt8](repeating: 7, count: 600)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(MerkleTree.leafHash(leaf)) }
    }

    Benchmark("frontier, one leaf") { benchmark in
        let leaf = MerkleTree.leafHash([UInt8](repeating: 1, count: 8))
        var frontier = MerkleFrontier()
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { frontier.append(leaf) }
        blackHole(frontier.root)
    }

    Benchmark("header, written") { benchmark in
        let header = try Samples.header(1_000_000)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(header.canonicalBytes()) }
    }

    Benchmark("header, read strictly") { benchmark in
        let bytes = try Samples.header(1_000_000).canonicalBytes()
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(try EntryHeader(canonical: bytes)) }
    }

    Benchmark("inclusion proof at 1M leaves, built from disk") { benchmark in
        let tree = try million.get()
        benchmark.startMeasurement()
        for step in benchmark.scaledIterations {
            blackHole(
                try MerkleProof.inclusion(
                    index: UInt64(step) &* 7_919 % tree.size, size: tree.size, reader: tree.nodes))
        }
    }

    Benchmark("inclusion proof at 1M leaves, verified") { benchmark in
        let tree = try million.get()
        let index: UInt64 = 654_321
        let proof = try MerkleProof.inclusion(index: index, size: tree.size, reader: tree.nodes)
        let leaf = ProjectedTree.leaf(index)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            try MerkleProof.verifyInclusion(
                leaf: leaf, index: index, size: tree.size, proof: proof, root: tree.root)
        }
    }
}
