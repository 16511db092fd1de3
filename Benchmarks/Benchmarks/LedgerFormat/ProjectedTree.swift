import Foundation
import LedgerFormat
import Projections

/// A tree as the ledger keeps it: projected, its nodes in the file that proofs are built from.
final class ProjectedTree: Sendable {
    private let directory: URL
    private let store: ProjectionStore
    let size: UInt64
    let root: Digest32

    var nodes: NodeFile { store.nodes }

    init(leaves: UInt64) throws {
        directory = URL(fileURLWithPath: NSTemporaryDirectory())
            .appendingPathComponent("chancery-tree-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        store = try ProjectionStore(
            path: directory.appendingPathComponent(ProjectionStore.fileName).path,
            origins: ["benchmark.localhost/g1"]
        ) { $1.map(Self.leaf) }
        for first in stride(from: 0, to: leaves, by: 10_000) {
            try store.apply((first..<min(first + 10_000, leaves)).map(Self.entry))
        }
        size = store.size
        root = try MerkleProof.root(size: store.size, reader: store.nodes)
    }

    deinit {
        store.close()
        try? FileManager.default.removeItem(at: directory)
    }

    static func leaf(_ index: UInt64) -> Digest32 {
        withUnsafeBytes(of: index.bigEndian) { MerkleTree.leafHash($0) }
    }

    private static func entry(_ index: UInt64) throws -> ProjectedEntry {
        ProjectedEntry(
            header: try Samples.header(index), leafHash: leaf(index), event: .other, side: nil)
    }
}
