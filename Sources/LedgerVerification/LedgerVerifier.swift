public import LedgerFormat

/// Folds over the segments of a ledger in order; each must hold in itself and follow what came before.
///
/// After a failure the verifier is spent: its state is that of the failing place.
public struct LedgerVerifier: Sendable {
    public private(set) var state: LedgerState
    /// Nil: signatures and key ranges are not checked, and `notChecked` says so.
    public let trust: TrustFile?
    /// What could not be checked with this evidence, each said once.
    public private(set) var notChecked: [String] = []
    /// What an auditor should know although it is no failure.
    public private(set) var notes: [String] = []
    private let allowsGaps: Bool
    private let progress: (@Sendable (VerificationProgress) -> Void)?
    /// Number and first index of the segments of the current generation, to place late failures.
    private var starts: [(number: UInt64, firstIndex: UInt64)] = []

    /// - Parameters:
    ///   - state: behind an earlier, verified segment; by default before the first.
    ///   - allowsGaps: whether segments may be absent. What then cannot be checked is in `notChecked`.
    ///   - progress: called from time to time, from any task.
    public init(
        trust: TrustFile?, state: LedgerState = LedgerState(), allowsGaps: Bool = false,
        progress: (@Sendable (VerificationProgress) -> Void)? = nil
    ) {
        self.trust = trust
        self.state = state
        self.allowsGaps = allowsGaps
        self.progress = progress
        if trust == nil {
            notChecked.append(
                "signatures of checkpoints and manifests, and the keys' ranges: no trust file given"
            )
        }
    }

    /// Verifies the next segment.
    ///
    /// A bad entry is named before anything that follows from it; a file whose bytes are not those
    /// sealed although every entry holds fails with `fileHash`.
    public mutating func verify(
        _ segment: UnverifiedSegment
    ) async throws(VerificationFailure) -> VerifiedSegment {
        do throws(VerificationFailure) {
            guard let manifestPath = segment.manifestPath else {
                return try await verifyEntries(segment, manifest: nil)
            }
            let manifest = try ManifestCheck(path: manifestPath)
            try manifest.check(
                number: segment.number,
                previous: segment.number == state.lastSegment + 1 ? state.previousManifest : nil,
                trust: trust)
            return try await verifySealed(segment, manifest: manifest)
        } catch {
            throw error.at(segment: segment.number, file: segment.fileName)
        }
    }

    /// What can only be said after the last segment: that ledger and trust file name the same keys, and
    /// that every `SegmentSealed` entry has its manifest.
    ///
    /// - Parameter lateManifest: looks up a manifest that appeared after the evidence was listed, as
    ///   when a running ledger finishes a seal meanwhile.
    public mutating func finish(
        lateManifest: (UInt64) -> Digest32? = { _ in nil }
    ) throws(VerificationFailure) {
        for seal in state.openSeals {
            guard let hash = state.manifests[seal.segment] ?? lateManifest(seal.segment) else {
                guard allowsGaps else {
                    throw placed(
                        VerificationFailure(
                            .segmentSealed, index: seal.index,
                            "segment \(seal.segment) is sealed according to this entry, but its "
                                + "manifest is not here"))
                }
                notCheckedOnce(
                    "SegmentSealed entries of segments that are not part of the evidence")
                continue
            }
            guard hash == seal.manifestHash else {
                throw placed(
                    VerificationFailure(
                        .segmentSealed, index: seal.index,
                        "the manifest of segment \(seal.segment) is not the one this entry pins"))
            }
        }
        try checkKeys()
    }
}

// MARK: - One segment

extension LedgerVerifier {
    private mutating func verifySealed(
        _ segment: UnverifiedSegment, manifest: ManifestCheck
    ) async throws(VerificationFailure) -> VerifiedSegment {
        let path = segment.path
        let digest = Task { () -> Result<(Digest32, UInt64, [UInt8]), VerificationFailure> in
            do throws(VerificationFailure) {
                let found = try EvidenceFile.digest(path)
                return .success((found.hash, found.size, found.start))
            } catch {
                return .failure(error)
            }
        }
        var verified: VerifiedSegment?
        var failure: VerificationFailure?
        do throws(VerificationFailure) {
            verified = try await verifyEntries(segment, manifest: manifest)
        } catch {
            failure = error
        }
        let (hash, size, start) = try await digest.value.get()
        let body = manifest.manifest.body
        let isIntact = hash == body.fileHash && size == body.fileSize
        // SQLite's complaint about damaged pages is only the symptom.
        if let failure, failure.code != .database || isIntact { throw failure }
        guard isIntact else {
            throw VerificationFailure(
                .fileHash,
                "the file's \(size) bytes are not those that were sealed"
                    + (failure.map { "; \($0.reason)" } ?? ", although every entry in it holds"))
        }
        // Bytes 18 and 19: file format versions, 1 for a rollback journal, 2 for a write-ahead log.
        guard start.count >= 20, start[18] == 1, start[19] == 1 else {
            throw VerificationFailure(.schema, "a sealed file is not in write-ahead mode")
        }
        guard let verified else {
            throw VerificationFailure(.database, "the file could not be read")
        }
        return verified
    }

    private mutating func verifyEntries(
        _ segment: UnverifiedSegment, manifest: ManifestCheck?
    ) async throws(VerificationFailure) -> VerifiedSegment {
        let reader = try SegmentReader(path: segment.path, isSealed: segment.isSealed)
        if reader.copy != nil {
            notes.append(
                "segment \(segment.number) was copied to a temporary directory to be read, because "
                    + "its own does not let SQLite open a write-ahead log")
        }
        guard reader.row.number == segment.number else {
            throw VerificationFailure(
                .segmentRow, "the file holds segment \(reader.row.number)")
        }
        try enter(reader.row)
        starts.append((segment.number, reader.row.firstIndex))
        let authority = try CheckpointAuthority(
            origin: reader.row.origin, trusted: try trusted(reader.row.generation))
        let walk = try await walk(reader, authority: authority)
        let count = state.nextIndex - reader.row.firstIndex
        try manifest?.check(
            row: reader.row, count: count, firstLeaf: walk.firstLeaf, state: state)
        state.lastSegment = segment.number
        if let manifest {
            state.previousManifest = manifest.hash
            state.manifests[segment.number] = manifest.hash
            state.sealedSize = state.nextIndex
        } else {
            state.previousManifest = nil
        }
        return VerifiedSegment(
            number: segment.number, generation: reader.row.generation, origin: reader.row.origin,
            firstIndex: reader.row.firstIndex, count: count,
            lastLeaf: count > 0 ? state.previousLeaf : nil, root: state.frontier?.root,
            manifestHash: manifest?.hash, unsignedTail: state.nextIndex - walk.signedSize)
    }

    private mutating func walk(
        _ reader: SegmentReader, authority: CheckpointAuthority
    ) async throws(VerificationFailure) -> (firstLeaf: Digest32?, signedSize: UInt64) {
        // The state moves into the walk and back, so that its tables are never copied.
        var moved = LedgerState()
        swap(&moved, &state)
        var walk: SegmentWalk
        do throws(DatabaseProblem) {
            walk = try SegmentWalk(
                reader, state: consume moved, authority: authority, progress: progress)
        } catch {
            throw SegmentReader.failure(error, file: EvidenceFile.name(reader.path))
        }
        let failure = await walk.run()
        let result = (walk.firstLeaf, walk.signedSize)
        state = walk.state
        if let failure { throw failure }
        return result
    }
}

// MARK: - Between segments

extension LedgerVerifier {
    /// Checks that the segment follows the state, or moves the state to where it may.
    private mutating func enter(_ row: SegmentRow) throws(VerificationFailure) {
        if row.number != state.lastSegment + 1 {
            guard allowsGaps, row.number > state.lastSegment else {
                throw VerificationFailure(
                    .segmentMissing, "segment \(state.lastSegment + 1) is missing before it")
            }
            enterBehindGap(row)
        } else if row.generation != state.generation {
            try enterGeneration(row)
        }
        let trustedOrigin = try trusted(row.generation)?.origin
        guard row.generation == state.generation, row.origin == state.origin,
            trustedOrigin == nil || trustedOrigin == row.origin
        else {
            throw VerificationFailure(
                .foreignSegment,
                "it is of origin \(row.origin), generation \(row.generation); this ledger is "
                    + "\(trustedOrigin ?? state.origin), generation \(state.generation)")
        }
        guard row.firstIndex == state.nextIndex else {
            throw VerificationFailure(
                .indexGap, index: min(row.firstIndex, state.nextIndex),
                "the segment starts at entry \(row.firstIndex), the one before ends at "
                    + "\(state.nextIndex)")
        }
        guard row.previous == state.previousLeaf else {
            throw VerificationFailure(
                .chain, index: row.firstIndex,
                "the segment does not continue the chain of the one before")
        }
    }

    /// A generation starts at index 0 of a new tree; numbers ascend and may be skipped (FORMAT 8).
    private mutating func enterGeneration(_ row: SegmentRow) throws(VerificationFailure) {
        guard row.generation > state.generation else {
            throw VerificationFailure(
                .foreignSegment,
                "generation \(row.generation) does not follow generation \(state.generation)")
        }
        if state.generation > 0 { try checkKeys() }
        var next = LedgerState()
        next.generation = row.generation
        next.origin = row.origin
        next.lastSegment = state.lastSegment
        next.previousManifest = state.previousManifest
        next.manifests = state.manifests
        next.openSeals = state.openSeals
        state = next
        starts = []
    }

    /// Evidence that begins, or goes on, in the middle: the segment's own claim about what came before
    /// is taken, and everything that would need more is reported as not checked.
    private mutating func enterBehindGap(_ row: SegmentRow) {
        var next = LedgerState()
        next.generation = row.generation
        next.origin = row.origin
        next.lastSegment = row.number - 1
        next.nextIndex = row.firstIndex
        next.previousLeaf = row.previous
        next.manifests = state.manifests
        next.openSeals = state.openSeals
        if row.firstIndex > 0 {
            next.frontier = nil
            next.subjects = SubjectHeadTable(unseenBelow: row.firstIndex)
            let what = "segment \(row.number), because the segments before it are not given: "
            notChecked.append(
                what + "roots of its tree, its first link to the chain, its first time and the "
                    + "predecessors of subjects that lie before entry \(row.firstIndex), "
                    + "subjectHeadsRoot, and the link to the manifest before")
        }
        state = next
        starts = []
    }

    private func trusted(
        _ generation: UInt64
    ) throws(VerificationFailure) -> TrustFile.Generation? {
        guard let trust else { return nil }
        guard let found = trust.generation(generation) else {
            throw VerificationFailure(
                .trustFile,
                "the trust file does not list generation \(generation); obtain a newer one")
        }
        return found
    }

    private mutating func checkKeys() throws(VerificationFailure) {
        guard state.generation > 0, let generation = try trusted(state.generation) else { return }
        let isComplete = state.frontier != nil
        if let failure = state.keys.disagreement(with: generation, isComplete: isComplete) {
            throw placed(failure)
        }
        if !isComplete {
            notCheckedOnce("that every key of the trust file is announced in the ledger")
        }
    }

    private mutating func notCheckedOnce(_ what: String) {
        if !notChecked.contains(what) { notChecked.append(what) }
    }

    /// Adds the number of the segment that holds the failure's entry.
    private func placed(_ failure: VerificationFailure) -> VerificationFailure {
        guard let index = failure.index,
            let start = starts.last(where: { $0.firstIndex <= index })
        else { return failure }
        return failure.at(segment: start.number)
    }
}
