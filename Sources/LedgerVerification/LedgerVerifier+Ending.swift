internal import LedgerFormat

// MARK: - What only the end shows

extension LedgerVerifier {
    /// The end of a generation: its keys are those of the trust file, and its end is signed.
    mutating func leaveGeneration() throws(VerificationFailure) {
        guard state.generation > 0 else { return }
        let isComplete = state.frontier != nil
        if trust != nil, state.nextIndex > state.firstSeen, state.signedSize <= state.firstSeen,
            isComplete
        {
            throw VerificationFailure(
                .checkpointMissing, index: state.nextIndex - 1, from: state.firstSeen,
                "not one checkpoint of generation \(state.generation) is here: nothing vouches for its "
                    + "\(state.nextIndex) entries"
            ).at(segment: state.lastSegment)
        }
        if let keys = state.keys {
            let missing = keys.missing()
            // What a segment that is not here would say of keys is not known.
            if isComplete, let missing, !allowsGaps { throw missing }
            if !isComplete || missing != nil {
                notCheckedOnce("that every key of the trust file is announced in the ledger")
            }
        }
        if state.unsignedTail > 0 {
            notChecked.append(
                "the last \(state.unsignedTail) entries of generation \(state.generation), from entry "
                    + "\(state.nextIndex - state.unsignedTail) on: durable, but not yet covered by a signed "
                    + "checkpoint")
        }
    }

    /// A final file has its manifest, unless a seal is between its last two steps.
    mutating func checkFinals(
        _ lateManifest: (UInt64) -> Digest32?
    ) throws(VerificationFailure) {
        for number in unsealedFinals {
            // It was not there when the entries were walked, and nothing in it was compared with them.
            guard lateManifest(number) == nil else {
                notCheckedOnce(
                    "the seal of segment \(number): its manifest appeared meanwhile; verify again")
                continue
            }
            guard number != state.lastSegment else {
                throw VerificationFailure(
                    .manifestMissing, segment: number,
                    file: SegmentSchema.manifestName(segment: number),
                    "the segment is a final file and the last one, but its manifest is not here: it was "
                        + "removed, or what followed the segment was")
            }
            notCheckedOnce(
                "the seal of segment \(number): the file is final but its manifest is not here, because "
                    + "the seal is under way or was interrupted, or because the manifest was removed"
            )
        }
    }

    mutating func checkSeals(
        _ lateManifest: (UInt64) -> Digest32?
    ) throws(VerificationFailure) {
        for seal in state.openSeals {
            guard let hash = state.manifests[seal.segment] ?? lateManifest(seal.segment) else {
                guard allowsGaps, !seen.contains(seal.segment) else {
                    throw VerificationFailure(
                        .segmentSealed, segment: seal.holder, index: seal.index,
                        "segment \(seal.segment) is sealed according to this entry, but its "
                            + "manifest is not here")
                }
                notCheckedOnce(
                    "SegmentSealed entries of segments that are not part of the evidence")
                continue
            }
            guard hash == seal.manifestHash else {
                throw VerificationFailure(
                    .segmentSealed, segment: seal.holder, index: seal.index,
                    "the manifest of segment \(seal.segment) is not the one this entry pins")
            }
        }
    }

    /// A generation that the trust file lists is part of the ledger: its absence would be the cheapest
    /// way to lose all of it.
    mutating func checkGenerations() throws(VerificationFailure) {
        let missing = (trust?.generations ?? []).filter { trees[$0.generation] == nil }
        guard let first = missing.first else { return }
        guard allowsGaps else {
            throw VerificationFailure(
                .generationMissing,
                "the trust file lists generation \(first.generation) (\(first.origin)), of which there "
                    + "is no segment here")
        }
        for generation in missing {
            notCheckedOnce("generation \(generation.generation): not part of the evidence")
        }
    }

    /// Every receipt given was compared with the tree, or it is said why not.
    mutating func checkClaims() throws(VerificationFailure) {
        for claim in claims {
            guard let tree = trees[claim.generation], claim.origin == origin(claim.generation)
            else {
                notes.append("\(claim.source) is of \(claim.origin), which is not this ledger")
                continue
            }
            guard claim.size <= tree.size else {
                if allowsGaps {
                    notChecked.append("\(claim.source): its tree is larger than the evidence")
                    continue
                }
                throw claim.missing(treeSize: tree.size)
            }
            guard tree.isWhole else {
                notChecked.append("\(claim.source): the tree of this evidence begins in the middle")
                continue
            }
            compared.append(claim.source)
        }
    }

    private func origin(_ generation: UInt64) -> String? {
        generation == state.generation ? state.origin : trust?.generation(generation)?.origin
    }
}
