import Foundation
public import LedgerFormat

extension NodeFile {
    /// The nodes of a generation that has ended, in a file of its own in `views/`. It has its name once it is whole; one that
    /// is missing or of another tree is made from the leaves.
    ///
    /// - Parameter leaves: leaf hashes of that generation.
    /// - Throws: `ProjectionError.unusable` when the leaves are not those of the root.
    public static func past(
        generation: UInt64, views: String, size: UInt64, root: Digest32,
        leaves: (Range<UInt64>) throws -> [Digest32]
    ) throws -> NodeFile {
        let path = "\(views)/tree-g\(generation).nodes"
        if FileManager.default.fileExists(atPath: path) {
            let file = try NodeFile(path: path)
            if try file.hasTree(size: size, root: root) { return file }
            try? FileManager.default.removeItem(atPath: path)
        }
        let unfinished = path + ".making"
        try? FileManager.default.removeItem(atPath: unfinished)
        let file = try NodeFile(path: unfinished)
        _ = try file.restore(synced: 0, size: size, root: root, leaves: leaves)
        try file.sync()
        guard rename(unfinished, path) == 0 else { throw failure("rename") }
        return file
    }

    private func hasTree(size: UInt64, root: Digest32) throws -> Bool {
        guard let hashes = try? hashes(of: MerkleFrontier.nodes(size: size)) else { return false }
        return MerkleFrontier(size: size, hashes: hashes)?.root == root
    }
}
