internal import LedgerFormat

/// Walks one segment from its first entry to its last and folds it into the state: chain, time,
/// subjects, tree, and every boundary with its checkpoint.
///
/// Entries are scanned ahead on other cores (`ChunkStream`), signatures verified behind
/// (`CheckpointQueue`); the fold itself is sequential, because a chain is.
struct SegmentWalk {
    private(set) var state: LedgerState
    private let reader: SegmentReader
    private let authority: CheckpointAuthority
    private let progress: (@Sendable (VerificationProgress) -> Void)?
    private var queue: CheckpointQueue

    private let boundaries: SizedRows
    private let checkpoints: SizedRows
    private let published: SizedRows
    /// The next size at which one of the three tables has a row.
    private var nextSize = UInt64.max

    private(set) var firstLeaf: Digest32?
    private var lastBoundary: UInt64
    /// The first boundary without a checkpoint.
    private var unsignedFrom: UInt64?
    /// Largest size in this segment that has a checkpoint.
    private(set) var signedSize: UInt64

    /// The tree at the last boundary, and the leaves since: enough to find out, when the chain breaks,
    /// which of two neighbours was altered.
    private var groupStart: MerkleFrontier?
    private var groupLeaves: [Digest32] = []
    private var chainClaim: Digest32?
    private static let diagnosisLimit = 65_536

    init(
        _ reader: SegmentReader, state: consuming LedgerState, authority: CheckpointAuthority,
        progress: (@Sendable (VerificationProgress) -> Void)?
    ) throws(DatabaseProblem) {
        self.reader = reader
        self.authority = authority
        self.progress = progress
        queue = CheckpointQueue(authority: authority)
        boundaries = try SizedRows("boundary", hasNote: false, in: reader.database)
        checkpoints = try SizedRows("checkpoint", hasNote: true, in: reader.database)
        published = try SizedRows("published", hasNote: true, in: reader.database)
        lastBoundary = state.nextIndex
        signedSize = min(state.signedSize, state.nextIndex)
        groupStart = state.frontier
        self.state = state
    }

    /// - Returns: the first failure, or nil when the segment holds in itself and follows `state`.
    mutating func run() async -> VerificationFailure? {
        var failure: VerificationFailure?
        do throws(DatabaseProblem) {
            failure = try await fold()
        } catch {
            failure = SegmentReader.failure(error, file: EvidenceFile.name(reader.path))
        }
        // Every queued checkpoint covers entries before the failure, so a bad one comes first.
        if let earlier = await queue.drain() { return earlier }
        if let found = failure, found.code == .chain, let index = found.index {
            failure = (try? alteredHeader(before: index)) ?? found
        }
        if failure == nil { state.signedSize = signedSize }
        return failure
    }

    // MARK: - Fold

    private mutating func fold() async throws(DatabaseProblem) -> VerificationFailure? {
        if let failure = try await start() { return failure }
        var stream = ChunkStream(
            source: source, range: entryRange, generation: reader.row.generation)
        var failure: VerificationFailure?
        var problem: DatabaseProblem?
        while failure == nil, problem == nil, let chunk = await stream.next() {
            do throws(DatabaseProblem) {
                failure = try await fold(chunk)
            } catch {
                problem = error
            }
        }
        await stream.stop()
        if let problem { throw problem }
        if let failure { return failure }
        return end()
    }

    private mutating func fold(
        _ chunk: ScannedChunk
    ) async throws(DatabaseProblem) -> VerificationFailure? {
        for entry in chunk.entries {
            if let failure = fold(entry) { return failure }
            if state.nextIndex == nextSize, let failure = try await reached(nextSize) {
                return failure
            }
        }
        progress?(
            VerificationProgress(
                segment: reader.row.number, entries: state.nextIndex - reader.row.firstIndex,
                total: UInt64(entryRange.count)))
        switch chunk.failure {
        case nil: return nil
        case .entry(let failure): return failure
        case .database(let problem, let near):
            return VerificationFailure(
                .database, "SQLite cannot read this file near entry \(near): \(problem.message)")
        }
    }

    /// Chain, time, subject, tree: what relates an entry to those before it.
    private mutating func fold(_ entry: ScannedEntry) -> VerificationFailure? {
        guard entry.previous == state.previousLeaf else {
            chainClaim = entry.previous
            return VerificationFailure(
                .chain, index: entry.index, "previous is not the leaf hash of the entry before")
        }
        if let last = state.lastTime, entry.time < last, !entry.isClockCorrected {
            return VerificationFailure(
                .timeDecrease, index: entry.index,
                "time \(entry.time.text) is before \(last.text) of the entry before")
        }
        if let reason = state.subjects.advance(entry) {
            return VerificationFailure(.subjectSuccessor, index: entry.index, reason)
        }
        if let statement = entry.statement, let failure = take(statement, index: entry.index) {
            return failure
        }
        if firstLeaf == nil { firstLeaf = entry.leaf }
        state.lastTime = entry.time
        state.previousLeaf = entry.leaf
        state.frontier?.append(entry.leaf)
        state.nextIndex = entry.index + 1
        if groupLeaves.count < Self.diagnosisLimit { groupLeaves.append(entry.leaf) }
        return nil
    }

    private mutating func take(
        _ statement: LedgerStatement, index: UInt64
    ) -> VerificationFailure? {
        switch statement {
        case .keyActivated(let key):
            return state.keys.activate(key, index: index)
        case .keyRetired(let retirement):
            return state.keys.retire(retirement, index: index)
        case .segmentSealed(let segment, let manifestHash):
            guard let known = state.manifests[segment] else {
                guard state.openSeals.count < 100_000 else {
                    return VerificationFailure(.statement, index: index, "too many open seals")
                }
                state.openSeals.append(
                    SealStatement(index: index, segment: segment, manifestHash: manifestHash))
                return nil
            }
            return known == manifestHash
                ? nil
                : VerificationFailure(
                    .segmentSealed, index: index,
                    "the manifest of segment \(segment) is not the one that this entry pins")
        }
    }

    // MARK: - Range

    private var source: ChunkStream.Source {
        reader.isSealed
            ? .ahead(ConnectionPool(path: reader.path), lookahead: 4) : .inPlace(reader.database)
    }

    private var entryRange: Range<UInt64> {
        let first = reader.row.firstIndex
        guard let last = reader.bounds?.upperBound, last >= first else { return first..<first }
        return first..<last + 1
    }
}

// MARK: - Boundaries

extension SegmentWalk {
    private mutating func start() async throws(DatabaseProblem) -> VerificationFailure? {
        let first = reader.row.firstIndex
        if let lowest = reader.bounds?.lowerBound, lowest < first {
            return VerificationFailure(
                .indexGap, index: lowest, "the segment begins at \(first), yet has this entry")
        }
        for rows in [boundaries, checkpoints, published] {
            if let failure = try rows.advance() { return failure }
        }
        if let size = boundaries.size, size <= first {
            return VerificationFailure(.boundary, "boundary \(size) lies below the segment")
        }
        if let size = checkpoints.size, size <= first {
            return VerificationFailure(
                .checkpointMalformed, "a checkpoint of size \(size) lies below the segment")
        }
        // The publisher follows the signer, also over the edge of a segment.
        while let size = published.size, size <= first {
            let root = size == 0 ? MerkleFrontier().root : state.recentRoots[size]
            if root == nil, state.frontier != nil, state.knowsEarlierRoots {
                return VerificationFailure(
                    .checkpointMalformed,
                    "published checkpoint of size \(size) is at no boundary before this segment")
            }
            if let failure = await queue(.published, published, root: root) { return failure }
            if let failure = try published.advance() { return failure }
        }
        updateNextSize()
        return nil
    }

    private mutating func reached(
        _ size: UInt64
    ) async throws(DatabaseProblem) -> VerificationFailure? {
        let root = state.frontier?.root
        if boundaries.size == size {
            if let failure = try await boundary(size, root: root) { return failure }
        } else if checkpoints.size == size {
            return VerificationFailure(
                .checkpointMalformed, index: size - 1,
                "the checkpoint of size \(size) is at no boundary")
        }
        if published.size == size {
            if let failure = await queue(.published, published, root: root) { return failure }
            if let failure = try published.advance() { return failure }
        }
        updateNextSize()
        return queue.failure
    }

    private mutating func boundary(
        _ size: UInt64, root: Digest32?
    ) async throws(DatabaseProblem) -> VerificationFailure? {
        lastBoundary = size
        if let root { state.recentRoots.add(size: size, root: root) }
        if checkpoints.size == size {
            if let unsignedFrom {
                return missingCheckpoint(unsignedFrom, "while a later boundary has one")
            }
            if let failure = await queue(.group, checkpoints, root: root) { return failure }
            signedSize = size
            if let failure = try checkpoints.advance() { return failure }
        } else if reader.isSealed {
            return missingCheckpoint(size, "in a sealed segment")
        } else if unsignedFrom == nil {
            unsignedFrom = size
        }
        groupStart = state.frontier
        groupLeaves.removeAll(keepingCapacity: true)
        return try boundaries.advance()
    }

    private func missingCheckpoint(_ size: UInt64, _ why: String) -> VerificationFailure {
        VerificationFailure(
            .checkpointMissing, index: size - 1,
            "the boundary at size \(size) lacks its checkpoint \(why)")
    }

    private mutating func queue(
        _ kind: CheckpointJob.Kind, _ rows: SizedRows, root: Digest32?
    ) async -> VerificationFailure? {
        guard let size = rows.size else { return nil }
        let index = size > reader.row.firstIndex ? size - 1 : nil
        guard let note = rows.note() else {
            return VerificationFailure(
                .checkpointMalformed, index: index,
                "the checkpoint of size \(size) is no blob of at most "
                    + "\(LedgerLimits.maxNoteBytes) bytes")
        }
        await queue.add(
            CheckpointJob(kind: kind, size: size, note: note, root: root, index: index))
        return nil
    }

    private mutating func updateNextSize() {
        nextSize = min(
            boundaries.size ?? .max, checkpoints.size ?? .max, published.size ?? .max)
    }

    private func end() -> VerificationFailure? {
        if let size = boundaries.size {
            return VerificationFailure(
                .indexGap, index: state.nextIndex,
                "the entry is missing: a boundary says that the tree has \(size) entries")
        }
        if let size = checkpoints.size ?? published.size {
            return VerificationFailure(
                .checkpointMalformed,
                "a checkpoint of size \(size) lies beyond the last entry of the segment")
        }
        if lastBoundary != state.nextIndex {
            return VerificationFailure(
                .boundary, index: lastBoundary, "the entry lies beyond the last boundary")
        }
        return nil
    }
}

// MARK: - Which neighbour was altered

extension SegmentWalk {
    /// The chain broke at `index`: either this entry's `previous` was altered, or the header before it.
    /// If the next signed checkpoint fits the tree with the leaf that `previous` names in the place of
    /// the one found, then it is the header before.
    private func alteredHeader(before index: UInt64) throws(DatabaseProblem) -> VerificationFailure?
    {
        guard let chainClaim, var tree = groupStart, let size = checkpoints.size, size > index,
            !groupLeaves.isEmpty, groupLeaves.count < Self.diagnosisLimit,
            size - index <= UInt64(Self.diagnosisLimit), let note = checkpoints.note()
        else { return nil }
        for leaf in groupLeaves.dropLast() { tree.append(leaf) }
        tree.append(chainClaim)
        let rows = try reader.database.prepare(
            "SELECT header FROM entry WHERE idx >= ?1 AND idx < ?2 ORDER BY idx")
        try rows.bind(Int64(index), at: 1)
        try rows.bind(Int64(size), at: 2)
        while tree.size < size, try rows.step() {
            guard let header = rows.blob(0, atMost: LedgerLimits.maxHeaderBytes) else { return nil }
            tree.append(MerkleTree.leafHash(header))
        }
        let job = CheckpointJob(kind: .group, size: size, note: note, root: tree.root, index: nil)
        guard tree.size == size, authority.check(job) == nil else { return nil }
        return VerificationFailure(
            .header, index: index - 1,
            "the header was altered: entry \(index) and the signed checkpoint of size \(size) commit "
                + "to another one")
    }
}
