import Foundation
import GRDB
import LedgerFormat
import Projections

// Generations that ended: all of them is sealed and signed, under keys that sign no more.

extension Recovery {
    static func generation(_ origin: String) throws -> UInt64 {
        guard let origin = LedgerOrigin(origin) else {
            throw SegmentContents.damaged("\(origin) is no origin")
        }
        return origin.generation
    }

    /// Projects what is not projected of them.
    func replayPast(
        _ tree: inout TreeState, _ library: SegmentLibrary, _ stage: SecondStage
    ) async throws {
        while case let generation = try Self.generation(stage.projections.origin),
            let size = library.endedSize(of: generation),
            let next = library.generations.first(where: { $0.generation > generation }),
            let origin = stage.keys.trust.generation(next.generation)?.origin
        {
            try await replay(&tree, of: generation, to: size, library, stage)
            guard tree.size == size else {
                throw SegmentContents.damaged(
                    "Generation \(generation) has \(size) entries, \(tree.size) are projected")
            }
            try stage.projections.turn(to: origin)
            var first = TreeState()
            first.base = tree.position
            tree = first
        }
    }

    /// What can be told of them.
    func past(
        _ library: SegmentLibrary, _ directory: LedgerDirectory, _ trust: TrustFile
    ) throws -> [ReadableTree] {
        try library.generations.compactMap { generation, _ in
            guard let size = library.endedSize(of: generation) else { return nil }
            let (note, root) = try lastCheckpoint(of: generation, size: size, directory, trust)
            let nodes = try NodeFile.past(
                generation: generation, views: configuration.viewsDirectory, size: size, root: root
            ) { range in
                try library.headers(of: generation, from: range.lowerBound, count: range.count)
                    .map { MerkleTree.leafHash($0) }
            }
            return ReadableTree(generation: generation, size: size, note: note, nodes: nodes)
        }
    }

    /// The one under which all of a generation is signed.
    private func lastCheckpoint(
        of generation: UInt64, size: UInt64, _ directory: LedgerDirectory, _ trust: TrustFile
    ) throws -> (SizedNote, root: Digest32) {
        let keys = trust.checkpointKeys(generation: generation, size: size)
        for number in directory.segments.prefix(directory.sealed).reversed() {
            let reader = try directory.file(number).openForReading(immutable: true)
            defer { try? reader.close() }
            let (row, note) = try reader.read { db in
                (
                    try SegmentContents.identity(db, number: number),
                    try SegmentContents.lastCheckpoint(db, upTo: size)
                )
            }
            guard row.generation == generation, let note, note.size == size else { continue }
            let verified = try SignedNote(parsing: note.note).verified(by: keys)
            return (note, try Checkpoint(parsing: verified.text).root)
        }
        throw SegmentContents.damaged(
            "The checkpoint of generation \(generation) at its last size, \(size), is missing")
    }
}
