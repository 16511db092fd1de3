internal import LedgerFormat

/// Folds over the entry bundles of a published tree, with the hash tiles beside them.
struct PublishedWalk {
    /// Bundles asked for ahead: hides the way to the log and back, within some megabytes.
    private static let lookahead = 8

    private let checkpoint: Checkpoint
    private let generation: UInt64
    private let source: any TileSource
    private var claims: TreeClaims

    private var frontier = MerkleFrontier()
    private var previousLeaf: Digest32?
    private var lastTime: LedgerTime?
    private var subjects = SubjectHeadTable()
    /// Hashes of the tile that is being filled, for every level above the leaves.
    private var upper: [[Digest32]] = []

    var entries: UInt64 { frontier.size }

    init(
        checkpoint: Checkpoint, generation: UInt64, source: any TileSource, claims: [TreeClaim]
    ) {
        self.checkpoint = checkpoint
        self.generation = generation
        self.source = source
        self.claims = TreeClaims(
            claims.filter { $0.size <= checkpoint.size }, generation: generation,
            origin: checkpoint.origin, above: 0)
        upper = [[Digest32]](repeating: [], count: LedgerLimits.maxTileLevel + 1)
    }

    /// - Returns: the first failure, or nil when everything that is served holds.
    mutating func run(
        _ progress: (@Sendable (VerificationProgress) -> Void)?
    ) async -> VerificationFailure? {
        var waiting: [Task<Result<PublishedBundle, VerificationFailure>, Never>] = []
        var next: UInt64 = 0
        let width = UInt64(LedgerLimits.tileWidth)
        let bundles = (checkpoint.size + width - 1) / width
        var failure: VerificationFailure?
        while failure == nil {
            while waiting.count < Self.lookahead, next < bundles {
                let number = next
                let reader = PublishedBundle.Reader(source: source, size: checkpoint.size)
                waiting.append(Task { await reader.read(number) })
                next += 1
            }
            guard !waiting.isEmpty else { break }
            switch await waiting.removeFirst().value {
            case .success(let bundle):
                failure = fold(bundle)
                if failure == nil { failure = await checkUpperTiles(isEnd: false) }
            case .failure(let error):
                failure = error
            }
            progress?(
                VerificationProgress(segment: 1, entries: frontier.size, total: checkpoint.size))
        }
        for task in waiting { task.cancel() }
        for task in waiting { _ = await task.value }
        if let failure { return failure }
        if let failure = await checkUpperTiles(isEnd: true) { return failure }
        guard frontier.root == checkpoint.root else {
            return VerificationFailure(
                .rootMismatch, file: "checkpoint",
                "it is signed over root \(checkpoint.root.hex), the entries give "
                    + "\(frontier.root.hex)")
        }
        return nil
    }

    // MARK: - Entries

    private mutating func fold(_ bundle: PublishedBundle) -> VerificationFailure? {
        for (offset, bytes) in bundle.headers.enumerated() {
            let index = frontier.size
            let found = bytes.withUnsafeBytes {
                buffer -> Result<ScannedEntry, VerificationFailure> in
                do throws(VerificationFailure) {
                    return .success(try read(buffer, index: index))
                } catch {
                    return .failure(error)
                }
            }
            switch found {
            case .failure(let failure): return failure
            case .success(let entry):
                guard entry.leaf == bundle.leaves[offset] else {
                    return VerificationFailure(
                        .header, index: index, file: bundle.tilePath,
                        "the tile's hash is not that of the header served")
                }
                if let failure = fold(entry) { return failure }
            }
        }
        return nil
    }

    private func read(
        _ bytes: UnsafeRawBufferPointer, index: UInt64
    ) throws(VerificationFailure) -> ScannedEntry {
        let header = try EntryScanner.header(bytes, index: index, generation: generation)
        return ScannedEntry(
            index: index, leaf: MerkleTree.leafHash(buffer: bytes), previous: header.previous,
            time: header.time, isClockCorrected: header.isClockCorrection, stream: header.stream,
            subject: header.subject, subjectVersion: header.subjectVersion,
            subjectPrevious: header.subjectPrevious)
    }

    private mutating func fold(_ entry: ScannedEntry) -> VerificationFailure? {
        if let failure = entry.failure(after: previousLeaf, lastTime) { return failure }
        if let reason = subjects.advance(entry) {
            return VerificationFailure(.subjectSuccessor, index: entry.index, reason)
        }
        previousLeaf = entry.leaf
        lastTime = entry.time
        var completed: [(level: Int, hash: Digest32)] = []
        frontier.append(entry.leaf) { node, hash in
            if node.level > 0, node.level.isMultiple(of: 8) {
                completed.append((node.level / 8, hash))
            }
        }
        for (level, hash) in completed where level < upper.count { upper[level].append(hash) }
        if claims.size == frontier.size {
            return claims.reached(frontier.size, leaf: entry.leaf, root: frontier.root)
        }
        return nil
    }

    // MARK: - Tiles above the leaves

    /// Compares tiles that are full, and at the end those that are not.
    private mutating func checkUpperTiles(isEnd: Bool) async -> VerificationFailure? {
        for level in 1..<upper.count {
            let hashes = upper[level]
            guard hashes.count == LedgerLimits.tileWidth || (isEnd && !hashes.isEmpty) else {
                continue
            }
            upper[level] = []
            let end = frontier.size >> UInt64(8 * level)
            let number = (end - UInt64(hashes.count)) / UInt64(LedgerLimits.tileWidth)
            guard let tile = Tile(level: level, number: number, width: hashes.count) else {
                continue
            }
            do throws(VerificationFailure) {
                let (served, path) = try await PublishedBundle.Reader(
                    source: source, size: checkpoint.size
                ).tile(tile)
                guard served == hashes else {
                    return VerificationFailure(
                        .rootMismatch, index: (end << UInt64(8 * level)) - 1, file: path,
                        "the tile's hashes are not those of the entries")
                }
            } catch {
                return error
            }
        }
        return nil
    }
}
