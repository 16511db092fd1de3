import Foundation
import GRDB
import LedgerFormat
import Testing

@testable import Projections

/// Whatever became of `views/tree.nodes`, an open store has the nodes of its tree.
@Suite struct NodeFileTests {
    private static let size: UInt64 = 600

    private static func filled() throws -> (Views, String) {
        let views = try Views()
        let store = try views.open()
        try store.apply((0..<size).map { Views.entry($0) })
        store.close()
        // As after a kill: nothing is known to have reached the disk.
        try execute("UPDATE meta SET nodes = 0", views)
        return (views, views.directory + "/" + NodeFile.fileName)
    }

    private static func execute(_ sql: String, _ views: Views) throws {
        let queue = try DatabaseQueue(path: views.path)
        try queue.write { db in try db.execute(sql: sql) }
        try queue.close()
    }

    /// Every inclusion proof verifies, and so does every root.
    private static func expectWhole(_ views: Views) throws {
        let store = try views.open()
        defer { store.close() }
        #expect(store.size == size)
        let leaves = (0..<size).map { Views.leaf($0) }
        for treeSize in [1, 2, 255, 256, 257, 511, 512, 600] as [UInt64] {
            let root = MerkleTree.root(ofLeaves: leaves.prefix(Int(treeSize)))
            #expect(try MerkleProof.root(size: treeSize, reader: store.nodes) == root)
            for index in stride(from: 0, to: treeSize, by: 7) {
                let proof = try MerkleProof.inclusion(
                    index: index, size: treeSize, reader: store.nodes)
                try MerkleProof.verifyInclusion(
                    leaf: Views.leaf(index), index: index, size: treeSize, proof: proof, root: root)
            }
        }
    }

    @Test func aFileThatIsGoneIsMadeAnew() throws {
        let (views, path) = try Self.filled()
        try FileManager.default.removeItem(atPath: path)
        try Self.expectWhole(views)
    }

    @Test(arguments: [0, 1, 31, 32, 4_095, 20_000, 38_000])
    func aFileThatIsCutIsMadeWhole(bytes: Int) throws {
        let (views, path) = try Self.filled()
        #expect(truncate(path, off_t(bytes)) == 0)
        try Self.expectWhole(views)
    }

    /// After a stop nothing is made again, so what is missing must show.
    @Test func aFileCutAfterAStopIsMadeWhole() throws {
        let (views, path) = try Self.filled()
        try Self.execute("UPDATE meta SET nodes = size", views)
        #expect(truncate(path, 20_000) == 0)
        try Self.expectWhole(views)
    }

    @Test func tablesOfAnotherLedgerAreUnusable() throws {
        let (views, _) = try Self.filled()
        for leaves in [
            { @Sendable _, range in range.map { Views.leaf($0 + 1_000) } },
            { _, range in range.prefix(100).map { Views.leaf($0) } },
        ] as [ProjectionStore.Leaves] {
            #expect {
                _ = try ProjectionStore(path: views.path, origins: [Views.origin], leaves: leaves)
            } throws: {
                ($0 as? ProjectionError)?.code == .unusable
            }
        }
        try Self.expectWhole(views)
    }

    /// Power loss may leave holes where blocks had not been written, without a shorter file.
    @Test(arguments: [0, 4_096, 16_384, 36_864])
    func holesBehindWhatWasSyncedAreFilled(from start: Int) throws {
        let (views, path) = try Self.filled()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes.replaceSubrange(start..., with: Data(count: bytes.count - start))
        try bytes.write(to: URL(fileURLWithPath: path))
        try Self.expectWhole(views)
    }

    @Test func theFileOfAnotherTreeIsReplaced() throws {
        let (views, path) = try Self.filled()
        let other = try Views()
        let store = try other.open()
        try store.apply(
            (0..<Self.size).map { index in
                let entry = Views.entry(index)
                return ProjectedEntry(
                    header: entry.header, leafHash: Views.leaf(index + 1_000), event: .other,
                    side: nil)
            })
        store.close()
        // All of it counts as synced.
        try Self.execute("UPDATE meta SET nodes = size", views)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(
            atPath: other.directory + "/" + NodeFile.fileName, toPath: path)
        try Self.expectWhole(views)
    }

    /// What a transaction that failed had written is written over.
    @Test func nothingIsLeftOfATransactionThatFailed() throws {
        struct Refused: Error {}
        let views = try Views()
        let store = try views.open()
        try store.apply((0..<300).map { Views.entry($0) })
        let wrong = (300..<Self.size).map { index in
            ProjectedEntry(
                header: Views.entry(index).header, leafHash: Views.leaf(index + 1_000),
                event: .other, side: nil)
        }
        #expect(throws: Refused.self) { try store.apply(wrong) { _ in throw Refused() } }
        try store.apply((300..<Self.size).map { Views.entry($0) })
        store.close()
        try Self.expectWhole(views)
    }

    /// Else each start would have to make all nodes again.
    @Test(.timeLimit(.minutes(2))) func whatReachedTheDiskIsRemembered() async throws {
        let views = try Views()
        let store = try views.open()
        var size: UInt64 = 0
        while try synced(views) == 0 {
            try store.apply((size..<size + 1_024).map { Views.entry($0) })
            size += 1_024
        }
        #expect(try synced(views) <= size)
        store.close()
    }

    private func synced(_ views: Views) throws -> Int64 {
        let queue = try DatabaseQueue(path: views.path)
        defer { try? queue.close() }
        return try queue.read { db in try Int64.fetchOne(db, sql: "SELECT nodes FROM meta") ?? 0 }
    }

    @Test func nodesThatAreNotThereAreSaidToBeMissing() throws {
        let (views, _) = try Self.filled()
        let store = try views.open()
        defer { store.close() }
        for node in [
            TreeNode(level: 0, index: Self.size), TreeNode(level: 10, index: 0),
            TreeNode(level: 0, index: .max), TreeNode(level: 63, index: 1),
        ] {
            #expect { try store.nodes.hashes(of: [node]) } throws: {
                ($0 as? ProjectionError)?.code == .unusable
            }
        }
    }
}
