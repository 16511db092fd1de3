extension MerkleProof {
    /// - Parameter leaf: the leaf hash, 32 bytes by type as every other hash here.
    /// - Throws: `MerkleProofError`; nothing means that the leaf is at `index` of the tree.
    public static func verifyInclusion(
        leaf: Digest32, index: UInt64, size: UInt64, proof: [Digest32], root: Digest32
    ) throws(MerkleProofError) {
        try checkSize(size)
        guard index < size else { throw .indexBeyondSize(index: index, size: size) }
        let (inner, border) = lengths(index: index, size: size)
        guard proof.count == inner + border else {
            throw .wrongLength(hashes: proof.count, expected: inner + border)
        }
        let seed = chainInner(leaf, proof.prefix(inner), index: index)
        guard chainBorder(seed, proof.dropFirst(inner)) == root else { throw .rootMismatch }
    }

    /// Every tree extends the empty one: `from` 0 takes an empty proof and the empty root, whatever
    /// `to` is, as tlog-witness asks. (Some libraries refuse that case as meaningless; refusing it here
    /// would force every caller to treat the first checkpoint apart.)
    ///
    /// - Throws: `MerkleProofError`; nothing means that the tree of `to` extends the tree of `from`.
    public static func verifyConsistency(
        from: UInt64, to: UInt64, proof: [Digest32], fromRoot: Digest32, toRoot: Digest32
    ) throws(MerkleProofError) {
        try checkSize(to)
        guard from <= to else { throw .sizesReversed(from: from, to: to) }
        guard from > 0, from < to else {
            guard proof.isEmpty else { throw .wrongLength(hashes: proof.count, expected: 0) }
            if from == 0, fromRoot != MerkleTree.emptyRoot { throw .oldRootMismatch }
            if from == to, fromRoot != toRoot { throw .rootMismatch }
            return
        }
        let shift = from.trailingZeroBitCount
        let (allInner, border) = lengths(index: from - 1, size: to)
        let inner = allInner - shift
        // A perfect older tree is a subtree of the newer one; its root need not be in the proof.
        let isPerfect = from == 1 << UInt64(shift)
        let expected = inner + border + (isPerfect ? 0 : 1)
        guard proof.count == expected, let first = proof.first else {
            throw .wrongLength(hashes: proof.count, expected: expected)
        }
        let seed = isPerfect ? fromRoot : first
        let rest = isPerfect ? proof[...] : proof.dropFirst()
        let mask = (from - 1) >> UInt64(shift)

        let oldSeed = chainInnerRight(seed, rest.prefix(inner), index: mask)
        guard chainBorder(oldSeed, rest.dropFirst(inner)) == fromRoot else {
            throw .oldRootMismatch
        }
        let newSeed = chainInner(seed, rest.prefix(inner), index: mask)
        guard chainBorder(newSeed, rest.dropFirst(inner)) == toRoot else { throw .rootMismatch }
    }

    /// Hashes below and above the fork of the paths to `index` and to the last leaf.
    private static func lengths(index: UInt64, size: UInt64) -> (inner: Int, border: Int) {
        let inner = UInt64.bitWidth - (index ^ (size - 1)).leadingZeroBitCount
        return (inner, (index >> UInt64(inner)).nonzeroBitCount)
    }

    private static func chainInner(
        _ seed: Digest32, _ proof: ArraySlice<Digest32>, index: UInt64
    ) -> Digest32 {
        var hash = seed
        var path = index
        for sibling in proof {
            hash =
                path & 1 == 0
                ? MerkleTree.nodeHash(hash, sibling) : MerkleTree.nodeHash(sibling, hash)
            path >>= 1
        }
        return hash
    }

    /// As `chainInner`, but only with what stands left: the older tree ends here.
    private static func chainInnerRight(
        _ seed: Digest32, _ proof: ArraySlice<Digest32>, index: UInt64
    ) -> Digest32 {
        var hash = seed
        var path = index
        for sibling in proof {
            if path & 1 == 1 { hash = MerkleTree.nodeHash(sibling, hash) }
            path >>= 1
        }
        return hash
    }

    private static func chainBorder(_ seed: Digest32, _ proof: ArraySlice<Digest32>) -> Digest32 {
        proof.reduce(seed) { MerkleTree.nodeHash($1, $0) }
    }
}
