import Foundation
import LedgerFormat

/// A tree whose nodes stand in one file per level, 32 bytes each, as tiles do: what a proof is built from.
final class StoredTree: TreeNodeReader, Sendable {
    private let files: [FileHandle]
    let size: UInt64
    let root: Digest32

    init(leaves: Int) throws {
        let directory = URL(fileURLWithPath: NSTemporaryDirectory())
            .appendingPathComponent("chancery-tree-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }  // open files stay readable
        var level = (0..<UInt64(leaves)).map { MerkleTree.leafHash(Self.leaf($0)) }
        root = MerkleTree.root(ofLeaves: level)
        size = UInt64(leaves)
        var files: [FileHandle] = []
        while !level.isEmpty {
            var bytes = Data(capacity: level.count * 32)
            for hash in level { hash.withUnsafeBytes { bytes.append(contentsOf: $0) } }
            let file = directory.appendingPathComponent("\(files.count)")
            try bytes.write(to: file)
            files.append(try FileHandle(forReadingFrom: file))
            level = stride(from: 0, to: level.count - 1, by: 2).map {
                MerkleTree.nodeHash(level[$0], level[$0 + 1])
            }
        }
        self.files = files
    }

    static func leaf(_ index: UInt64) -> [UInt8] {
        withUnsafeBytes(of: index.bigEndian) { Array($0) }
    }

    func hashes(of nodes: [TreeNode]) throws -> [Digest32] {
        try nodes.map { node in
            try withUnsafeTemporaryAllocation(byteCount: 32, alignment: 1) { bytes in
                let read = pread(
                    files[node.level].fileDescriptor, bytes.baseAddress, 32,
                    off_t(node.index) * 32)
                guard read == 32, let digest = Digest32(UnsafeRawBufferPointer(bytes)) else {
                    throw CocoaError(.fileReadCorruptFile)
                }
                return digest
            }
        }
    }
}
