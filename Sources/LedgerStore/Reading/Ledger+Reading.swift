public import Foundation
public import LedgerFormat
public import Projections

/// Reads. Nothing is told of an entry before it is covered by a signed checkpoint.
extension Ledger {
    /// Size of the largest tree that is signed and projected: what can be asked about.
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
            lastCheckpointTime: state.lastCheckpointTime)
    }

    /// The checkpoint last published; nil before the first.
    public var publishedCheckpoint: Data? { shared.withLock { $0.published?.note } }

    // MARK: - Contacts

    public func prepare(_ items: [PrepareItem]) async throws(LedgerStoreError) -> [PreparedItem] {
        try requireProjections()
        do {
            return try await preparations.prepare(items)
        } catch {
            throw readFailure(error)
        }
    }

    public func contact(id: ContactID) throws(LedgerStoreError) -> ContactRecord? {
        try reading { try $0.contact(id: id) }
    }

    public func contact(unique: UniqueValue) throws(LedgerStoreError) -> ContactRecord? {
        try reading { try $0.contact(unique: unique) }
    }

    // MARK: - Entries

    /// - Throws: `LedgerStoreError.notFound` at or beyond the signed size.
    public func entry(at index: UInt64) throws(LedgerStoreError) -> StoredEntry {
        guard index < signedSize else { throw Self.beyond("entry \(index)", signedSize) }
        do {
            guard let entry = try library.entry(at: index) else {
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
    public func bundle(number: UInt64, width: Int) throws(LedgerStoreError) -> [UInt8] {
        let tile = try tileAddress(level: 0, number: number, width: width)
        do {
            let headers = try library.headers(
                from: tile.number * UInt64(LedgerLimits.tileWidth), count: tile.width)
            guard headers.count == tile.width else {
                throw SegmentContents.damaged("Entries of bundle \(number) are missing")
            }
            return try EntryBundle.encode(headers.map { Array($0) })
        } catch {
            throw LedgerStoreError(wrapping: error)
        }
    }

    // MARK: - Tree

    public func tile(level: Int, number: UInt64, width: Int) throws(LedgerStoreError) -> Data {
        let tile = try tileAddress(level: level, number: number, width: width)
        // A digest is its 32 bytes, so that an array of them is the tile.
        return try fromNodes { try $0.hashes(of: tile.nodes).withUnsafeBytes { Data($0) } }
    }

    private func tileAddress(
        level: Int, number: UInt64, width: Int
    ) throws(LedgerStoreError) -> Tile {
        guard let tile = Tile(level: level, number: number, width: width) else {
            throw LedgerStoreError(.invalid, "There can be no such tile.")
        }
        guard Tile.width(level: level, number: number, size: signedSize) >= width else {
            throw Self.beyond("tile \(level)/\(number) of width \(width)", signedSize)
        }
        return tile
    }

    /// - Throws: `LedgerStoreError.notFound` unless `index` < `size` ≤ the signed size.
    public func inclusion(
        index: UInt64, size: UInt64
    ) throws(LedgerStoreError) -> InclusionAnswer {
        guard index < size, size <= signedSize else {
            throw Self.beyond("entry \(index) in a tree of size \(size)", signedSize)
        }
        return try fromNodes { nodes in
            InclusionAnswer(
                leafHash: try Self.leaf(index, nodes),
                hashes: try MerkleProof.inclusion(index: index, size: size, reader: nodes),
                root: try MerkleProof.root(size: size, reader: nodes))
        }
    }

    /// - Throws: `LedgerStoreError.notFound` unless `from` ≤ `to` ≤ the signed size.
    public func consistency(
        from: UInt64, to: UInt64
    ) throws(LedgerStoreError) -> ConsistencyAnswer {
        guard from <= to, to <= signedSize else {
            throw Self.beyond("trees of sizes \(from) and \(to)", signedSize)
        }
        return try fromNodes { nodes in
            ConsistencyAnswer(
                hashes: try MerkleProof.consistency(from: from, to: to, reader: nodes),
                fromRoot: try MerkleProof.root(size: from, reader: nodes),
                toRoot: try MerkleProof.root(size: to, reader: nodes))
        }
    }

    /// A receipt under the newest group checkpoint (FORMAT 7).
    public func receipt(index: UInt64) throws(LedgerStoreError) -> [UInt8] {
        guard let latest = shared.withLock({ $0.latest }), index < latest.size else {
            throw Self.beyond("entry \(index)", signedSize)
        }
        let header = try entry(at: index).header
        return try fromNodes { nodes in
            try InclusionReceipt(
                extra: Array(header), index: index,
                hashes: try MerkleProof.inclusion(
                    index: index, size: latest.size, reader: nodes),
                checkpoint: Array(latest.note)
            ).bytes
        }
    }

    public func leafHash(index: UInt64) throws(LedgerStoreError) -> Digest32 {
        guard index < signedSize else { throw Self.beyond("entry \(index)", signedSize) }
        return try fromNodes { try Self.leaf(index, $0) }
    }

    private static func leaf(_ index: UInt64, _ nodes: NodeFile) throws -> Digest32 {
        guard let leaf = try nodes.hashes(of: [TreeNode(level: 0, index: index)]).first
        else {
            throw SegmentContents.damaged("The leaf hash of entry \(index) is missing")
        }
        return leaf
    }

    // MARK: - Plumbing

    private func reading<Value>(
        _ body: (ProjectionReader) throws -> Value
    ) throws(LedgerStoreError) -> Value {
        try requireProjections()
        do {
            return try projections.read(body)
        } catch {
            throw readFailure(error)
        }
    }

    /// For trees of at most the signed size.
    private func fromNodes<Value>(
        _ body: (NodeFile) throws -> Value
    ) throws(LedgerStoreError) -> Value {
        try requireProjections()
        do {
            return try body(projections.nodes)
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

    private static func beyond(_ what: String, _ size: UInt64) -> LedgerStoreError {
        LedgerStoreError(.notFound, "There is no \(what); the signed tree has size \(size).")
    }
}
