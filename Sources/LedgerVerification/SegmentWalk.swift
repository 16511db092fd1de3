internal import LedgerFormat

/// Walks one segment from its first entry to its last and folds it into the state: chain, time,
/// subjects, tree, and every boundary with its checkpoint.
///
/// Entries are scanned ahead on other cores (`ChunkStream`), signatures verified behind
/// (`CheckpointQueue`); the fold itself is sequential, because a chain is.
struct SegmentWalk {
    var state: LedgerState
    let reader: SegmentReader
    let authority: CheckpointAuthority
    private let progress: (@Sendable (VerificationProgress) -> Void)?
    var queue: CheckpointQueue
    var claims: TreeClaims

    let boundaries: SizedRows
    let checkpoints: SizedRows
    let published: SizedRows
    /// The next size at which one of the three tables has a row, or a receipt something to say.
    var nextSize = UInt64.max

    private(set) var firstLeaf: Digest32?
    /// What this segment did not let be checked.
    var notChecked: [String] = []
    var notes: [String] = []
    var lastBoundary: UInt64

    /// The tree at the last boundary, and the leaves since: enough to find out, when the chain breaks,
    /// which of two neighbours was altered.
    var groupStart: MerkleFrontier?
    var groupLeaves: [Digest32] = []
    private(set) var chainClaim: Digest32?
    static let diagnosisLimit = 65_536

    init(
        _ reader: SegmentReader, state: consuming LedgerState, authority: CheckpointAuthority,
        claims: [TreeClaim], progress: (@Sendable (VerificationProgress) -> Void)?
    ) throws(DatabaseProblem) {
        self.reader = reader
        self.authority = authority
        self.progress = progress
        queue = CheckpointQueue(authority: authority)
        boundaries = try SizedRows("boundary", hasNote: false, in: reader.database)
        checkpoints = try SizedRows("checkpoint", hasNote: true, in: reader.database)
        published = try SizedRows("published", hasNote: true, in: reader.database)
        lastBoundary = state.nextIndex
        groupStart = state.frontier
        self.claims = TreeClaims(
            claims, generation: reader.row.generation, origin: reader.row.origin,
            above: state.nextIndex)
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
        return failure
    }

    // MARK: - Fold

    private mutating func fold() async throws(DatabaseProblem) -> VerificationFailure? {
        if let failure = try await start() { return failure }
        var stream = ChunkStream(
            pool: ConnectionPool(path: reader.path, mode: reader.isSealed ? .sealed : .live),
            range: entryRange, generation: reader.row.generation)
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
        var statements = chunk.statements[...]
        for entry in chunk.entries {
            if let failure = fold(entry) { return failure }
            if let failure = beginning(entry, statements.first) { return failure }
            if let next = statements.first, next.index == entry.index {
                statements.removeFirst()
                if let failure = take(next.statement, index: next.index) { return failure }
            }
            advance(entry)
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
            let failure = SegmentReader.failure(problem, file: EvidenceFile.name(reader.path))
            return VerificationFailure(
                failure.code, "\(failure.reason), near entry \(near)")
        }
    }

    /// Chain, time, subject: what relates an entry to those before it.
    private mutating func fold(_ entry: ScannedEntry) -> VerificationFailure? {
        if let failure = entry.failure(after: state.previousLeaf, state.lastTime) {
            if failure.code == .chain { chainClaim = entry.previous }
            return failure
        }
        if let reason = state.subjects.advance(entry) {
            return VerificationFailure(.subjectSuccessor, index: entry.index, reason)
        }
        return nil
    }

    /// A generation that follows another says so in its first entry, and nowhere else.
    private func beginning(
        _ entry: ScannedEntry, _ next: (index: UInt64, statement: LedgerStatement)?
    ) -> VerificationFailure? {
        var isRecovery = false
        if let next, next.index == entry.index, case .ledgerRecovered = next.statement {
            isRecovery = true
        }
        guard isRecovery != (entry.index == 0 && reader.row.number > 1) else { return nil }
        return VerificationFailure(
            .recovery, index: entry.index,
            isRecovery
                ? "LedgerRecovered stands only at the start of a generation that follows another"
                : "a generation that follows another begins with LedgerRecovered")
    }

    private mutating func advance(_ entry: ScannedEntry) {
        if firstLeaf == nil { firstLeaf = entry.leaf }
        state.lastTime = entry.time
        state.previousLeaf = entry.leaf
        state.frontier?.append(entry.leaf)
        state.nextIndex = entry.index + 1
        if groupLeaves.count < Self.diagnosisLimit { groupLeaves.append(entry.leaf) }
    }

    private mutating func take(
        _ statement: LedgerStatement, index: UInt64
    ) -> VerificationFailure? {
        switch statement {
        case .keyActivated(let key):
            return state.keys?.activate(key, index: index)
        case .keyRetired(let retirement):
            return state.keys?.retire(retirement, index: index)
        case .ledgerRecovered(let claim):
            let problem = claim.problem(in: state.generation, after: state.ended, authority.trusted)
            if let problem { return VerificationFailure(.recovery, index: index, problem) }
            notes.append(claim.note)
            return nil
        case .anchored(let claim):
            return anchored(claim, index: index)
        case .segmentSealed(let segment, let manifestHash):
            guard segment < reader.row.number else {
                return VerificationFailure(
                    .segmentSealed, index: index,
                    "segment \(segment) cannot have been sealed before this entry")
            }
            // Whoever announces a seal made it in its turn.
            if let gap = state.sealGaps[segment] { return gap }
            guard let known = state.manifests[segment] else {
                // As many as segments before this one, unless the ledger lies.
                guard state.openSeals.count < 100_000 else {
                    return VerificationFailure(.statement, index: index, "too many open seals")
                }
                state.openSeals.append(
                    SealStatement(
                        index: index, segment: segment, manifestHash: manifestHash,
                        holder: reader.row.number))
                return nil
            }
            return known == manifestHash
                ? nil
                : VerificationFailure(
                    .segmentSealed, index: index,
                    "the manifest of segment \(segment) is not the one that this entry pins")
        }
    }

    private var entryRange: Range<UInt64> {
        let first = reader.row.firstIndex
        guard let last = reader.bounds?.upperBound, last >= first else { return first..<first }
        return first..<last + 1
    }
}
