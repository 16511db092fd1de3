internal import LedgerFormat

// MARK: - Between segments

extension LedgerVerifier {
    /// Checks that the segment follows the state, or moves the state to where it may.
    mutating func enter(_ row: SegmentRow) throws(VerificationFailure) {
        if row.number != state.lastSegment + 1 {
            guard allowsGaps, row.number > state.lastSegment else {
                throw VerificationFailure(
                    .segmentMissing, "segment \(state.lastSegment + 1) is missing before it")
            }
            try enterBehindGap(row)
        } else if row.generation != state.generation {
            try enterGeneration(row)
        }
        let trusted = try trusted(row.generation)
        guard row.generation == state.generation, row.origin == state.origin,
            trusted == nil || trusted?.origin == row.origin
        else {
            throw VerificationFailure(
                .foreignSegment,
                "it is of origin \(row.origin), generation \(row.generation); this ledger is "
                    + "\(trusted?.origin ?? state.origin), generation \(state.generation)")
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
        if state.keys == nil { state.keys = trusted.map { KeyHistory(trusted: $0) } }
    }

    /// A generation starts at index 0 of a new tree; numbers ascend and may be skipped (FORMAT 8).
    private mutating func enterGeneration(_ row: SegmentRow) throws(VerificationFailure) {
        guard row.generation > state.generation else { throw regress(row) }
        try leaveGeneration()
        guard state.sealedSize == state.nextIndex else {
            throw VerificationFailure(
                .recovery,
                "generation \(row.generation) begins, but generation \(state.generation) is not sealed to its end"
            )
        }
        var next = fresh(row)
        if state.lastSegment > 0 {
            next.ended = EndOfGeneration(
                generation: state.generation, size: state.nextIndex, root: state.frontier?.root)
        }
        next.lastSegment = state.lastSegment
        next.previousManifest = state.previousManifest
        state = next
    }

    /// Evidence that begins, or goes on, in the middle: the segment's own claim about what came before
    /// is taken where nothing contradicts it, and everything that would need more is reported as not
    /// checked.
    private mutating func enterBehindGap(_ row: SegmentRow) throws(VerificationFailure) {
        let absent = row.number - state.lastSegment - 1
        let names =
            absent == 1
            ? "segment \(state.lastSegment + 1)"
            : "segments \(state.lastSegment + 1) to \(row.number - 1)"
        notChecked.append("\(names): not part of the evidence")
        guard row.generation >= state.generation else { throw regress(row) }
        let goesOn = row.generation == state.generation && state.lastSegment > 0
        if goesOn {
            // Every sealed segment has an entry.
            guard row.firstIndex >= state.nextIndex + absent else {
                throw VerificationFailure(
                    .indexGap, index: min(row.firstIndex, state.nextIndex),
                    "the segment starts at entry \(row.firstIndex), although the one before the gap ends "
                        + "at \(state.nextIndex) and \(absent) lie between")
            }
            guard row.origin == state.origin else {
                throw VerificationFailure(
                    .foreignSegment, "it is of origin \(row.origin), this ledger is \(state.origin)"
                )
            }
        } else if state.lastSegment > 0 {
            try leaveGeneration()
        }
        var next = fresh(row)
        next.lastSegment = row.number - 1
        next.nextIndex = row.firstIndex
        next.firstSeen = row.firstIndex
        next.previousLeaf = row.previous
        if goesOn {
            next.keys = state.keys
            next.signedSize = state.signedSize
            next.sealedSize = state.sealedSize
            next.seals = state.seals
            next.anchors = state.anchors
            next.sealGaps = state.sealGaps
            next.seals.skip(absent)
        }
        if row.firstIndex > 0 {
            next.frontier = nil
            next.recentRoots = RecentRoots(isWhole: false)
            next.subjects = SubjectHeadTable(unseenBelow: row.firstIndex)
            notChecked.append(
                "segment \(row.number), because the segments before it are not given: "
                    + "roots of its tree, its first link to the chain, its first time and the "
                    + "predecessors of subjects that lie before entry \(row.firstIndex), "
                    + "subjectHeadsRoot, and the links to the manifest before and its attestation")
        }
        state = next
    }

    private func fresh(_ row: SegmentRow) -> LedgerState {
        var next = LedgerState()
        next.generation = row.generation
        next.origin = row.origin
        next.manifests = state.manifests
        next.openSeals = state.openSeals
        next.anchors = state.anchors.behindGeneration
        return next
    }

    private func regress(_ row: SegmentRow) -> VerificationFailure {
        VerificationFailure(
            .foreignSegment,
            "generation \(row.generation) does not follow generation \(state.generation)")
    }
}
