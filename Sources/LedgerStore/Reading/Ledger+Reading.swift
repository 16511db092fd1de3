public import ContactModel
public import Foundation
public import LedgerFormat
public import Projections

/// Reads. Nothing is told of an entry before it is covered by a signed checkpoint.
extension Ledger {
    /// Size of the generation's largest tree that is signed and projected.
    public var signedSize: UInt64 { projections.size }

    public var status: LedgerStatus {
        let state = shared.withLock { $0 }
        let problem = state.stopped?.message ?? state.commitProblem ?? state.secondStageProblem
        return LedgerStatus(
            problem: problem, isSignerReachable: state.signingProblem == nil,
            durableSize: state.durableSize, signedSize: state.latest?.size ?? 0,
            projectedSize: projections.size, activeSegment: state.activeSegment,
            sealedSegments: state.sealedSegments, queuedAppends: state.queue.count,
            freeDiskBytes: configuration.freeBytes(configuration.directory) ?? 0,
            lastCheckpointTime: state.lastCheckpointTime, rotationProblem: rotations.problem,
            refusedErasures: erasures.withLock { $0.refused.count })
    }

    /// The checkpoint last published; nil before the first.
    public var publishedCheckpoint: Data? { shared.withLock { $0.published?.note } }

    /// The same of any generation; of one that ended, its last.
    ///
    /// - Throws: `LedgerStoreError.notFound`
    public func publishedCheckpoint(
        of generation: UInt64?
    ) throws(LedgerStoreError) -> Data? {
        guard let generation, generation != identity.generation else { return publishedCheckpoint }
        return try tree(generation).note?.note
    }

    // MARK: - Contacts

    public func prepare(
        _ items: [PrepareItem], for clearance: Clearance
    ) async throws(LedgerStoreError) -> [PreparedItem] {
        try requireProjections()
        do {
            return try await preparations.prepare(items, for: clearance)
        } catch {
            throw readFailure(error)
        }
    }

    public func contact(id: ContactID) throws(LedgerStoreError) -> ContactRecord? {
        try reading { try $0.contact(id: id) }
    }

    public func contact(subject: SubjectTag) throws(LedgerStoreError) -> ContactRecord? {
        try reading { try $0.contact(subject: subject) }
    }

    public func contact(unique: UniqueValue) throws(LedgerStoreError) -> ContactRecord? {
        try reading { try $0.contact(unique: unique) }
    }

    // MARK: - Entries

    /// - Parameter generation: nil for the current one, here and below.
    /// - Throws: `LedgerStoreError.notFound` at or beyond the signed size.
    public func entry(
        at index: UInt64, of generation: UInt64? = nil
    ) throws(LedgerStoreError) -> StoredEntry {
        let tree = try tree(generation)
        guard index < tree.size else { throw tree.lacks("entry \(index)") }
        do {
            guard let entry = try library.entry(of: tree.generation, at: index) else {
                throw SegmentContents.damaged("Entry \(index) is missing")
            }
            return entry
        } catch {
            throw LedgerStoreError(wrapping: error)
        }
    }

    /// A bundle of headers (FORMAT 6).
    ///
    /// - Parameter width: 1 … 256 entries from 256 · `number`.
    public func bundle(
        number: UInt64, width: Int, of generation: UInt64? = nil
    ) throws(LedgerStoreError) -> [UInt8] {
        let tree = try tree(generation)
        let tile = try tree.tile(level: 0, number: number, width: width)
        do {
            let headers = try library.headers(
                of: tree.generation, from: tile.number * UInt64(LedgerLimits.tileWidth),
                count: tile.width)
            guard headers.count == tile.width else {
                throw SegmentContents.damaged("Entries of bundle \(number) are missing")
            }
            return try EntryBundle.encode(headers.map { Array($0) })
        } catch {
            throw LedgerStoreError(wrapping: error)
        }
    }

    // MARK: - Tree

    public func tile(
        level: Int, number: UInt64, width: Int, of generation: UInt64? = nil
    ) throws(LedgerStoreError) -> Data {
        let tree = try tree(generation)
        let tile = try tree.tile(level: level, number: number, width: width)
        // A digest is its 32 bytes, so that an array of them is the tile.
        return try from(tree) { try $0.hashes(of: tile.nodes).withUnsafeBytes { Data($0) } }
    }

    /// - Throws: `LedgerStoreError.notFound` unless `index` < `size` ≤ the signed size.
    public func inclusion(
        index: UInt64, size: UInt64, of generation: UInt64? = nil
    ) throws(LedgerStoreError) -> InclusionAnswer {
        let tree = try tree(generation)
        guard index < size, size <= tree.size else {
            throw tree.lacks("entry \(index) in a tree of size \(size)")
        }
        return try from(tree) { nodes in
            InclusionAnswer(
                leafHash: try Self.leaf(index, nodes),
                hashes: try MerkleProof.inclusion(index: index, size: size, reader: nodes),
                root: try MerkleProof.root(size: size, reader: nodes))
        }
    }

    /// - Throws: `LedgerStoreError.notFound` unless `from` ≤ `to` ≤ the signed size.
    public func consistency(
        from: UInt64, to: UInt64, of generation: UInt64? = nil
    ) throws(LedgerStoreError) -> ConsistencyAnswer {
        let tree = try tree(generation)
        guard from <= to, to <= tree.size else {
            throw tree.lacks("trees of sizes \(from) and \(to)")
        }
        return try self.from(tree) { nodes in
            ConsistencyAnswer(
                hashes: try MerkleProof.consistency(from: from, to: to, reader: nodes),
                fromRoot: try MerkleProof.root(size: from, reader: nodes),
                toRoot: try MerkleProof.root(size: to, reader: nodes))
        }
    }

    /// A receipt under the generation's newest group checkpoint (FORMAT 7).
    public func receipt(
        index: UInt64, of generation: UInt64? = nil
    ) throws(LedgerStoreError) -> [UInt8] {
        let tree = try tree(generation)
        guard let latest = tree.note, index < latest.size else {
            throw tree.lacks("entry \(index)")
        }
        let header = try entry(at: index, of: generation).header
        return try from(tree) { nodes in
            try InclusionReceipt(
                extra: Array(header), index: index,
                hashes: try MerkleProof.inclusion(
                    index: index, size: latest.size, reader: nodes),
                checkpoint: Array(latest.note)
            ).bytes
        }
    }

    /// The signer's own signature of a receipt, a detached JWS (FORMAT 7.1).
    ///
    /// - Throws: `LedgerStoreError.unavailable` while it cannot sign.
    public func signature(of receipt: [UInt8]) async throws(LedgerStoreError) -> String {
        do {
            return try await signer.signReceipt(receipt)
        } catch {
            throw LedgerStoreError(
                .unavailable, "The receipt cannot be signed now: \(error)",
                retryAfterMilliseconds: configuration.limits.unavailableRetryMilliseconds)
        }
    }

    public func leafHash(
        index: UInt64, of generation: UInt64? = nil
    ) throws(LedgerStoreError) -> Digest32 {
        let tree = try tree(generation)
        guard index < tree.size else { throw tree.lacks("entry \(index)") }
        return try from(tree) { try Self.leaf(index, $0) }
    }

    private static func leaf(_ index: UInt64, _ nodes: NodeFile) throws -> Digest32 {
        guard let leaf = try nodes.hashes(of: [TreeNode(level: 0, index: index)]).first
        else {
            throw SegmentContents.damaged("The leaf hash of entry \(index) is missing")
        }
        return leaf
    }

    // MARK: - Plumbing

    func reading<Value>(
        _ body: (ProjectionReader) throws -> Value
    ) throws(LedgerStoreError) -> Value {
        try requireProjections()
        do {
            return try projections.read(body)
        } catch {
            throw readFailure(error)
        }
    }

    /// What can be asked about: the largest tree that is signed and projected, or all of a generation that ended.
    ///
    /// - Throws: `LedgerStoreError.notFound` for a generation that is not here.
    public func tree(_ generation: UInt64? = nil) throws(LedgerStoreError) -> ReadableTree {
        if let generation, generation != identity.generation {
            guard let past = past.first(where: { $0.generation == generation }) else {
                throw LedgerStoreError(.notFound, "There is no generation \(generation) here.")
            }
            return past
        }
        return ReadableTree(
            generation: identity.generation, size: projections.size,
            note: shared.withLock { $0.latest }, nodes: projections.nodes)
    }

    /// For trees of at most its size.
    private func from<Value>(
        _ tree: ReadableTree, _ body: (NodeFile) throws -> Value
    ) throws(LedgerStoreError) -> Value {
        try requireProjections()
        do {
            return try body(tree.nodes)
        } catch {
            throw readFailure(error)
        }
    }

    private func requireProjections() throws(LedgerStoreError) {
        // The file behind the open connections is gone.
        if let stopped = shared.withLock({ $0.stopped }), stopped.code == .rebuildNeeded {
            throw stopped
        }
    }

    private func readFailure(_ error: any Error) -> LedgerStoreError {
        DamagedProjections(configuration: configuration, shared: shared).found(in: error)
            ?? LedgerStoreError(wrapping: error)
    }
}
