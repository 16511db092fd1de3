import Foundation
import GRDB
import LedgerFormat
import Projections

extension Recovery {
    // MARK: - Projections

    /// Opens the projections if they can be believed, else starts them anew from nothing.
    func openProjections(
        _ identity: SignerIdentity, _ library: SegmentLibrary, size: UInt64
    ) throws -> ProjectionStore {
        let path = configuration.projectionsPath
        let known = Set(library.generations.map(\.generation))
        let origins =
            identity.past.filter { known.contains($0.generation) }.map(\.origin) + [identity.origin]
        func opened() throws -> ProjectionStore {
            try ProjectionStore(path: path, origins: origins) { origin, range in
                try library.headers(
                    of: Self.generation(origin), from: range.lowerBound, count: range.count
                ).map { MerkleTree.leafHash($0) }
            }
        }
        do {
            let store = try opened()
            let isShort = store.origin != identity.origin || store.size <= size
            if isShort, (try? agrees(store, library)) == true { return store }
            store.close()
            configuration.logger.notice(
                "projections do not agree with the ledger; rebuilding them",
                metadata: ["projected": "\(store.size)", "ledger": "\(size)"])
        } catch let error as ProjectionError where error.code == .unusable {
            configuration.logger.notice("rebuilding the projections: \(error.message)")
        }
        try ProjectionStore.delete(path: path)
        return try opened()
    }

    /// The last leaves of the tree are those of the segments' headers, which are chained to all before.
    private func agrees(_ store: ProjectionStore, _ library: SegmentLibrary) throws -> Bool {
        let generation = try Self.generation(store.origin)
        guard library.generations.contains(where: { $0 == (generation, store.base) }) else {
            return false
        }
        let first = store.size - min(store.size, Self.tailEntries)
        let headers = try library.headers(
            of: generation, from: first, count: Int(store.size - first))
        guard UInt64(headers.count) == store.size - first else { return false }
        let leaves = try store.nodes.hashes(
            of: (first..<store.size).map { TreeNode(level: 0, index: $0) })
        return zip(headers, leaves).allSatisfy { MerkleTree.leafHash($0) == $1 }
    }

    /// Entries at the end whose leaf hashes are compared on each start.
    private static let tailEntries: UInt64 = 64

    func tree(of projections: ProjectionStore, _ library: SegmentLibrary) throws -> TreeState {
        var tree = TreeState()
        tree.base = projections.base
        let size = projections.size
        guard size > 0 else { return tree }
        let generation = try Self.generation(projections.origin)
        let nodes = projections.nodes
        let hashes = try nodes.hashes(of: MerkleFrontier.nodes(size: size))
        let last = try nodes.hashes(of: [TreeNode(level: 0, index: size - 1)]).first
        guard let frontier = MerkleFrontier(size: size, hashes: hashes),
            let header = try library.header(of: generation, at: size - 1)
        else { throw SegmentContents.damaged("Entry \(size - 1) cannot be read") }
        tree.frontier = frontier
        tree.lastLeaf = last
        tree.lastTime = header.time
        return tree
    }

    // MARK: - Replay

    /// Projects signed entries of a generation up to `size`.
    func replay(
        _ tree: inout TreeState, of generation: UInt64, to size: UInt64,
        _ library: SegmentLibrary, _ stage: SecondStage
    ) async throws {
        guard tree.size < size else { return }
        stage.projections.beginCatchUp()
        defer { stage.projections.endCatchUp() }
        var pipeline = ReplayPipeline(
            from: tree,
            read: { try slice(after: $0, to: size, library, generation) },
            complete: stage.completed)
        defer { pipeline.cancel() }
        while let slice = try await pipeline.next() {
            try stage.projections.apply(slice.entries)
            tree = slice.tree
        }
    }

    private func slice(
        after tree: TreeState, to size: UInt64, _ library: SegmentLibrary, _ generation: UInt64
    ) throws -> ReplayPipeline.Slice? {
        guard tree.size < size else { return nil }
        let limits = configuration.limits
        let stored = try library.entries(
            of: generation, from: tree.size,
            limit: Int(min(size - tree.size, UInt64(limits.catchUpEntries))),
            bytes: limits.catchUpBytes)
        guard !stored.isEmpty else {
            throw SegmentContents.damaged("Entry \(tree.size) is missing")
        }
        var tree = tree
        let entries = try stored.map { try Self.read($0, &tree, generation: generation) }
        return ReplayPipeline.Slice(entries: entries, tree: tree)
    }

    /// Compares the tree with the last stored checkpoint.
    ///
    /// - Returns: that checkpoint, or nothing before the first.
    func checkSigned(
        _ size: UInt64, _ tree: TreeState, _ library: SegmentLibrary, _ stage: SecondStage,
        _ writer: SegmentWriter
    ) throws -> [SizedNote] {
        guard size > 0 else { return [] }
        var note = try writer.read { db in try SegmentContents.lastCheckpoint(db, upTo: size) }
        if note == nil, size == writer.identity.firstIndex, writer.file.number > 1 {
            let before = SegmentFile(
                directory: writer.file.directory, number: writer.file.number - 1)
            let reader = try before.openForReading(
                immutable: DurableFile.exists(before.manifestPath))
            note = try reader.read { db in try SegmentContents.lastCheckpoint(db, upTo: size) }
            try reader.close()
        }
        guard let note, note.size == size else {
            throw SegmentContents.damaged("The checkpoint of size \(size) is missing")
        }
        let root =
            try tree.size == size
            ? tree.frontier.root
            : MerkleProof.root(size: size, reader: stage.projections.nodes)
        return [try stage.check(Array(note.note), size: size, root: root)]
    }

    /// A durable group without a stored checkpoint. It may be projected already, as that comes before the
    /// next group's transaction stores the checkpoint.
    func committed(
        _ range: Range<UInt64>, of generation: UInt64, _ tree: inout TreeState,
        _ library: SegmentLibrary, _ projections: ProjectionStore
    ) throws -> CommittedGroup {
        let stored = try library.entries(
            of: generation, from: range.lowerBound, limit: range.count)
        guard stored.count == range.count else {
            throw SegmentContents.damaged("Entries before \(range.upperBound) are missing")
        }
        if tree.size >= range.upperBound {
            let root = try MerkleProof.root(size: range.upperBound, reader: projections.nodes)
            let entries = try stored.map { try Self.projected($0) }
            return CommittedGroup(
                fromSize: range.lowerBound, size: range.upperBound, root: root, entries: entries,
                replies: [], isRecovered: true)
        }
        guard tree.size == range.lowerBound else {
            throw SegmentContents.damaged("Projections end within the group of \(range)")
        }
        let entries = try stored.map { try Self.read($0, &tree, generation: generation) }
        return CommittedGroup(
            fromSize: range.lowerBound, size: range.upperBound, root: tree.frontier.root,
            entries: entries, replies: [], isRecovered: true)
    }

    func project(_ group: CommittedGroup, _ stage: SecondStage) async throws {
        guard stage.projections.size < group.size else { return }
        try await stage.project(group)
    }

    /// Entries behind `tree` that a failed commit left in the segment after all.
    static func tail(
        of writer: SegmentWriter, after tree: TreeState, generation: UInt64
    ) throws -> (group: CommittedGroup, tree: TreeState)? {
        let (stored, boundary) = try writer.read { db in
            (
                // One transaction's worth, which `groupBytes` bounds.
                try SegmentContents.entries(
                    db, from: tree.size, limit: Int(Int32.max), bytes: .max),
                try SegmentContents.lastBoundary(db)
            )
        }
        guard !stored.isEmpty else { return nil }
        var next = tree
        let entries = try stored.map { try read($0, &next, generation: generation) }
        guard boundary == next.size else {
            throw SegmentContents.damaged("The segment ends at \(next.size) without a boundary")
        }
        let group = CommittedGroup(
            fromSize: tree.size, size: next.size, root: next.frontier.root, entries: entries,
            replies: [], isRecovered: true)
        return (group, next)
    }

    /// Reads an entry that must continue `tree`, and continues it.
    static func read(
        _ stored: StoredEntry, _ tree: inout TreeState, generation: UInt64
    ) throws -> ProjectedEntry {
        let entry = try projected(stored)
        guard entry.header.index == tree.size, entry.header.previous == tree.lastLeaf,
            entry.header.generation == generation
        else {
            throw SegmentContents.damaged("The chain breaks at entry \(tree.size)")
        }
        tree.append(leaf: entry.leafHash, time: entry.header.time)
        return entry
    }

    private static func projected(_ stored: StoredEntry) throws -> ProjectedEntry {
        let header: EntryHeader
        do {
            header = try EntryHeader(canonical: stored.header)
        } catch {
            throw SegmentContents.damaged("Entry \(stored.index): \(error.message)")
        }
        guard header.index == stored.index,
            header.payloadHash == PayloadCommitment.hash(stored.payload)
        else {
            throw SegmentContents.damaged("Entry \(stored.index) is not what its header says")
        }
        return ProjectedEntry(
            header: header, leafHash: MerkleTree.leafHash(stored.header),
            event: try ProjectedEvent(
                stream: header.stream, type: header.type, payload: stored.payload),
            side: nil)
    }
}
