internal import LedgerFormat

// MARK: - Which neighbour was altered

extension SegmentWalk {
    /// The chain broke at `index`: either this entry's `previous` was altered, or the header before it.
    /// If the next signed checkpoint fits the tree with the leaf that `previous` names in the place of
    /// the one found, then it is the header before; if it fits the tree as found, it is this entry.
    ///
    /// - Returns: nil when neither fits, as when both were altered or nothing is signed yet.
    func alteredHeader(
        before index: UInt64
    ) throws(DatabaseProblem) -> VerificationFailure? {
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
            tree.append(MerkleTree.leafHash(buffer: header))
        }
        let job = CheckpointJob(
            kind: .group, size: size, note: note, root: tree.root, index: nil, from: nil)
        guard tree.size == size, authority.check(job) == nil else { return nil }
        return VerificationFailure(
            .header, index: index - 1,
            "the header was altered: entry \(index) and the signed checkpoint of size \(size) commit "
                + "to another one")
    }
}
