internal import LedgerFormat

// MARK: - What a TPM says of the tree (FORMAT 9.3)

extension SegmentWalk {
    mutating func anchored(_ claim: AnchorClaim, index: UInt64) -> VerificationFailure? {
        switch claim.size == 0 ? .root(MerkleTree.emptyRoot) : state.recentRoots[claim.size] {
        case .root(claim.root): break
        case .root:
            return VerificationFailure(
                .anchor, index: index,
                "its root is not that of the tree of size \(claim.size)")
        case .none:
            return VerificationFailure(
                .anchor, index: index, "it tells of size \(claim.size), which is no boundary")
        case .forgotten:
            let what = "roots that anchors tell of, long before them"
            if !notChecked.contains(what) { notChecked.append(what) }
        }
        if let note = claim.note(index: index) { notes.append(note) }
        return state.anchors.follow(claim, origin: state.origin, authority.trusted)
            .map { VerificationFailure(.anchor, index: index, $0) }
    }
}
