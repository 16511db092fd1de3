internal import LedgerFormat

// MARK: - Boundaries and what is signed at them

extension SegmentWalk {
    mutating func start() async throws(DatabaseProblem) -> VerificationFailure? {
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
        var forgotten = 0
        // The publisher follows the signer, also over the edge of a segment.
        while let size = published.size, size <= first {
            var root: Digest32?
            switch size == 0 ? .root(MerkleTree.emptyRoot) : state.recentRoots[size] {
            case .root(let known): root = known
            case .forgotten: forgotten += 1
            case .none:
                return VerificationFailure(
                    .checkpointMalformed,
                    "published checkpoint of size \(size) is at no boundary before this segment")
            }
            if let failure = await queue(.published, published, root: root) { return failure }
            if let failure = try published.advance() { return failure }
        }
        if forgotten > 0 {
            // One line, however many: a hostile segment can have millions.
            notChecked.append(
                "the roots of published checkpoints that segment \(reader.row.number) keeps, long after their "
                    + "entries: \(forgotten)")
        }
        updateNextSize()
        return nil
    }

    mutating func reached(
        _ size: UInt64
    ) async throws(DatabaseProblem) -> VerificationFailure? {
        let root = state.frontier?.root
        let isBoundary = boundaries.size == size
        if isBoundary {
            if let failure = try await boundary(size, root: root) { return failure }
        } else if checkpoints.size == size {
            return VerificationFailure(
                .checkpointMalformed, index: size - 1,
                "the checkpoint of size \(size) is at no boundary")
        }
        if published.size == size {
            guard isBoundary else {
                return VerificationFailure(
                    .checkpointMalformed, index: size - 1,
                    "the published checkpoint of size \(size) is at no boundary")
            }
            if let failure = await queue(.published, published, root: root) { return failure }
            if let failure = try published.advance() { return failure }
        }
        if isBoundary { beginGroup(size) }
        if claims.size == size {
            // Signatures first: what is not signed cannot contradict a receipt.
            if let failure = await queue.drain() { return failure }
            if let failure = claims.reached(size, leaf: state.previousLeaf, root: root) {
                return failure
            }
        }
        updateNextSize()
        return queue.failure
    }

    private mutating func boundary(
        _ size: UInt64, root: Digest32?
    ) async throws(DatabaseProblem) -> VerificationFailure? {
        if let root { state.recentRoots.add(size: size, root: root) }
        if checkpoints.size == size {
            if let unsigned = state.unsignedFrom {
                return missingCheckpoint(unsigned, "while a later boundary has one")
            }
            if let failure = await queue(.group, checkpoints, root: root) { return failure }
            state.signedSize = size
            if let failure = try checkpoints.advance() { return failure }
        } else if reader.isSealed {
            return missingCheckpoint(size, "in a sealed segment")
        } else {
            if state.unsignedFrom == nil { state.unsignedFrom = size }
            guard state.unsignedTail <= LedgerLimits.maxUnsignedTail else {
                return VerificationFailure(
                    .checkpointMissing, index: size - 1, from: size - state.unsignedTail,
                    "\(state.unsignedTail) entries without a signed checkpoint: a writer stops at fewer "
                        + "than \(LedgerLimits.maxUnsignedTail)")
            }
        }
        return try boundaries.advance()
    }

    private mutating func beginGroup(_ size: UInt64) {
        lastBoundary = size
        groupStart = state.frontier
        groupLeaves.removeAll(keepingCapacity: true)
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
        let isHere = size > reader.row.firstIndex
        guard let note = rows.note() else {
            return VerificationFailure(
                .checkpointMalformed, index: isHere ? size - 1 : nil,
                "the checkpoint of size \(size) is no blob of at most "
                    + "\(LedgerLimits.maxNoteBytes) bytes")
        }
        await queue.add(
            CheckpointJob(
                kind: kind, size: size, note: note, root: root, index: isHere ? size - 1 : nil,
                from: isHere ? lastBoundary : nil))
        return nil
    }

    private mutating func updateNextSize() {
        nextSize = min(
            min(boundaries.size ?? .max, checkpoints.size ?? .max),
            min(published.size ?? .max, claims.size ?? .max))
    }

    func end() -> VerificationFailure? {
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
