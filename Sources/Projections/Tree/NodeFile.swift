import Foundation
public import LedgerFormat
import Synchronization

/// Every perfect subtree of the tree in the order in which appended leaves complete them, 32 bytes each: `views/tree.nodes`.
///
/// Proofs and tiles are read from it: of its every eighth level's nodes tiles consist (FORMAT 6), and what is between would
/// have to be hashed for each proof (measured: a third of a millisecond instead of some 11 µs).
///
/// What stands at a place never changes once the leaf that completes it is projected, so readers need no snapshot, only a
/// size to stay below. What lies behind the projected size is left from a transaction that failed, and is written over.
public final class NodeFile: TreeNodeReader, Sendable {
    static let fileName = "tree.nodes"

    private let descriptor: Int32
    /// Nodes that were read and stand for many leaves: every proof needs some of these few.
    private let kept = Mutex<[TreeNode: Digest32]>([:])
    /// After a failed sync nobody knows what is on disk, and another one would not tell.
    private let isSyncBroken = Atomic(false)

    /// Opens the file, or creates it empty.
    init(path: String) throws(ProjectionError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failure("open") }
    }

    // Whoever still reads holds it.
    deinit { Glibc.close(descriptor) }

    /// - Throws: `ProjectionError.unusable` for nodes that are not there.
    public func hashes(of nodes: [TreeNode]) throws -> [Digest32] {
        let known = kept.withLock { kept in
            nodes.map { $0.level < Self.keptLevel ? nil : kept[$0] }
        }
        let hashes = try read(nodes, except: known)
        kept.withLock { kept in
            for (position, node) in nodes.enumerated()
            where node.level >= Self.keptLevel && known[position] == nil
                && kept.count < Self.mostKept
            {
                kept[node] = hashes[position]
            }
        }
        return hashes
    }

    private func read(_ nodes: [TreeNode], except known: [Digest32?]) throws -> [Digest32] {
        try withUnsafeTemporaryAllocation(byteCount: Self.blockBytes, alignment: 16) { block in
            // Siblings of the lower levels stand beside each other: a block is read once for all of them.
            var blockStart = -1
            var blockEnd = -1
            return try zip(nodes, known).map { node, known in
                if let known { return known }
                let offset = try Self.offset(node.completionOrder)
                let end = offset + Digest32.byteCount
                if offset < blockStart || end > blockEnd {
                    let isAlone = node.level > Self.highestInBlock
                    blockStart = isAlone ? offset : offset & ~(Self.blockBytes - 1)
                    let count = pread(
                        descriptor, block.baseAddress,
                        isAlone ? Digest32.byteCount : block.count, blockStart)
                    guard count >= 0 else { throw Self.failure("read") }
                    blockEnd = blockStart + count
                }
                guard end <= blockEnd,
                    let hash = Digest32(
                        buffer: UnsafeRawBufferPointer(
                            rebasing: block[offset - blockStart..<end - blockStart]))
                else { throw Self.missing }
                return hash
            }
        }
    }

    /// Before the first reader, when what stands in the file turned out to be of another tree.
    func forget() { kept.withLock { $0 = [:] } }

    /// Writes nodes from a place on.
    func write(_ hashes: [Digest32], at place: UInt64) throws {
        var offset = try Self.offset(place)
        // A digest is its 32 bytes, so that an array of them is the file.
        try hashes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let count = pwrite(descriptor, part.baseAddress, part.count, offset)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw Self.failure("write") }
                offset += count
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Everything written before the call survives power loss once it returns.
    func sync() throws {
        guard !isSyncBroken.load(ordering: .acquiring) else { throw Self.failure("sync") }
        guard fsync(descriptor) == 0 else {
            isSyncBroken.store(true, ordering: .releasing)
            throw Self.failure("sync")
        }
    }

    /// A node of 1,024 leaves or more: two in 1,024.
    private static let keptLevel = 10
    /// Some 100 bytes each; those of 32 million leaves.
    private static let mostKept = 65_536
    /// The siblings of this level and below mostly stand in one block; above, each stands alone.
    private static let highestInBlock = 5
    /// Some 64 leaves with all that they complete.
    private static let blockBytes = 4_096

    private static func offset(_ place: UInt64) throws -> off_t {
        let (offset, isTooMuch) = off_t(clamping: place)
            .multipliedReportingOverflow(by: Digest32.byteCount)
        guard !isTooMuch, offset <= off_t.max - Digest32.byteCount else { throw missing }
        return offset
    }

    private static let missing = ProjectionError(
        .unusable, "Nodes of the tree are missing in views/; rebuild them.")

    static func failure(_ attempt: String) -> ProjectionError {
        ProjectionError(
            .database,
            "Cannot \(attempt) views/\(fileName): \(String(cString: strerror(errno))). Check the disk."
        )
    }
}
