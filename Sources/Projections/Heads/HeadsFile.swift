// views/subject.heads: the subject heads of one sealed segment (FORMAT 5.2), so that a proof about one subject hashes a few hundred leaves
// and not all of them. Made at the seal, and again from the tables where it is missing.
//
//   "CHHEADS1" (8) ‖ segment (8) ‖ count (8) ‖ root (32)
//   count heads in their order: tag (16) ‖ rank of the stream (1) ‖ lastIndex (8) ‖ version (8)
//   the perfect subtrees of 256 heads and more, in the order in which appended heads complete them, 32 bytes each
//
// Integers are big-endian. What stands in it is checked by whoever gets a proof; a file of another segment or root is no file.

import Foundation
public import LedgerFormat

/// Proofs about the heads of one subject.
public final class HeadsFile: TreeNodeReader, Sendable {
    public static let fileName = "subject.heads"

    static let magic = Data("CHHEADS1".utf8)
    static let headerBytes = 56
    static let recordBytes = 33
    /// Of the smallest subtree whose hash is stored.
    static let storedLevel = 8

    public let segment: UInt64
    public let root: Digest32
    /// Heads.
    public let count: UInt64
    private let descriptor: Int32

    /// Nil: there is none that reads.
    public init?(path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        var bytes = [UInt8](repeating: 0, count: Self.headerBytes)
        let isRead =
            descriptor >= 0
            && pread(descriptor, &bytes, bytes.count, 0) == bytes.count
            && bytes.starts(with: Self.magic)
        segment = Self.integer(bytes[8..<16])
        count = Self.integer(bytes[16..<24])
        root = Digest32(Array(bytes[24..<56])) ?? .zero
        guard isRead, count <= Self.mostHeads else { return nil }
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    /// More have no offset in a file.
    private static let mostHeads: UInt64 = 1 << 40

    /// Places of a subject's heads, and those of its neighbours on both sides.
    ///
    /// - Throws: `ProjectionError.unusable` for a file that is cut off.
    public func heads(of tag: SubjectTag) throws -> [(place: UInt64, head: SubjectHeads.Head)] {
        var low: UInt64 = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if try records(middle..<middle + 1)[0].tag < tag {
                low = middle + 1
            } else {
                high = middle
            }
        }
        let first = low == 0 ? 0 : low - 1
        // A subject has a head in each stream at most; one more is the neighbour's.
        let last = min(count, low + UInt64(EntryStream.allCases.count) + 1)
        var found: [(place: UInt64, head: SubjectHeads.Head)] = []
        for (place, head) in zip(first..., try records(first..<last)) {
            found.append((place, head))
            if place >= low, head.tag != tag { break }
        }
        return found
    }

    public func proof(of place: UInt64) throws -> [Digest32] {
        try MerkleProof.inclusion(index: place, size: count, reader: self)
    }

    public func hashes(of nodes: [TreeNode]) throws -> [Digest32] {
        try nodes.map { node in
            node.level < Self.storedLevel ? try computed(node) : try stored(node)
        }
    }

    private func computed(_ node: TreeNode) throws -> Digest32 {
        let start = node.index << UInt64(node.level)
        return MerkleTree.root(
            ofLeaves: try records(start..<start + (1 << UInt64(node.level))).map(\.leafHash))
    }

    private func stored(_ node: TreeNode) throws -> Digest32 {
        let place = TreeNode(level: node.level - Self.storedLevel, index: node.index)
            .completionOrder
        let start =
            UInt64(Self.headerBytes) + count * UInt64(Self.recordBytes)
            + place * UInt64(Digest32.byteCount)
        guard let hash = Digest32(try read(at: start, Digest32.byteCount)) else {
            throw Self.damaged
        }
        return hash
    }

    private func records(_ range: Range<UInt64>) throws -> [SubjectHeads.Head] {
        guard range.upperBound <= count, range.count <= 1 << Self.storedLevel else {
            throw Self.damaged
        }
        let bytes = try read(
            at: UInt64(Self.headerBytes) + range.lowerBound * UInt64(Self.recordBytes),
            range.count * Self.recordBytes)
        return try (0..<range.count).map { position in
            let record = bytes[(position * Self.recordBytes)...].prefix(Self.recordBytes)
            let start = record.startIndex
            guard let tag = SubjectTag(Array(record.prefix(16))),
                let stream = EntryStream(rank: record[start + 16])
            else { throw Self.damaged }
            return SubjectHeads.Head(
                tag: tag, stream: stream, lastIndex: Self.integer(record[start + 17..<start + 25]),
                version: Self.integer(record[start + 25..<start + 33]))
        }
    }

    private func read(at offset: UInt64, _ count: Int) throws -> [UInt8] {
        guard let place = off_t(exactly: offset) else { throw Self.damaged }
        var bytes = [UInt8](repeating: 0, count: count)
        guard pread(descriptor, &bytes, count, place) == count else { throw Self.damaged }
        return bytes
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static let damaged = ProjectionError(
        .unusable, "views/\(fileName) is damaged; it is made again.")
}
