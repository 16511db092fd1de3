// RFC 6962 section 2.1.1 (inclusion: PATH) and 2.1.2 (consistency: PROOF), both as loops that cut the
// leaves lo ..< hi at k, the largest power of two below their number. Verification follows RFC 9162
// sections 2.1.3.2 and 2.1.4.2 (same trees), split as transparency-dev/merkle does: below the fork of
// the two paths a proof hash may stand left or right ("inner"), above it always left ("border").

/// Builds proofs; MerkleProof+Verifying.swift checks them.
public enum MerkleProof {
    /// Sibling hashes from the leaf up.
    ///
    /// - Throws: `MerkleProofError`, or what the reader throws.
    public static func inclusion(
        index: UInt64, size: UInt64, reader: some TreeNodeReader
    ) throws -> [Digest32] {
        try checkSize(size)
        guard index < size else {
            throw MerkleProofError.indexBeyondSize(index: index, size: size)
        }
        var ranges: [Range<UInt64>] = []
        var lo: UInt64 = 0
        var hi = size
        while hi - lo > 1 {
            let middle = lo + split(hi - lo)
            if index < middle {
                ranges.append(middle..<hi)
                hi = middle
            } else {
                ranges.append(lo..<middle)
                lo = middle
            }
        }
        return try roots(of: ranges.reversed(), reader: reader)
    }

    /// Empty from size 0 and between equal sizes.
    ///
    /// - Throws: `MerkleProofError`, or what the reader throws.
    public static func consistency(
        from: UInt64, to: UInt64, reader: some TreeNodeReader
    ) throws -> [Digest32] {
        try checkSize(to)
        guard from <= to else { throw MerkleProofError.sizesReversed(from: from, to: to) }
        guard from > 0, from < to else { return [] }
        var ranges: [Range<UInt64>] = []
        var lo: UInt64 = 0
        var hi = to
        while hi != from {
            let middle = lo + split(hi - lo)
            if from <= middle {
                ranges.append(middle..<hi)
                hi = middle
            } else {
                ranges.append(lo..<middle)
                lo = middle
            }
        }
        // When the whole older tree is one of the subtrees, the verifier knows its root already.
        if lo > 0 { ranges.append(lo..<hi) }
        return try roots(of: ranges.reversed(), reader: reader)
    }

    /// The root of the first `size` leaves.
    ///
    /// - Throws: `MerkleProofError`, or what the reader throws.
    public static func root(size: UInt64, reader: some TreeNodeReader) throws -> Digest32 {
        try checkSize(size)
        guard size > 0 else { return MerkleTree.emptyRoot }
        return try roots(of: [0..<size], reader: reader).first ?? MerkleTree.emptyRoot
    }

    /// The largest power of two below `count`, which is at least 2.
    private static func split(_ count: UInt64) -> UInt64 {
        1 << UInt64(UInt64.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }

    static func checkSize(_ size: UInt64) throws(MerkleProofError) {
        guard size <= LedgerLimits.maxInteger else { throw .sizeTooLarge(size) }
    }

    /// Reads the perfect subtrees of all ranges in one request, then folds each range.
    private static func roots(
        of ranges: [Range<UInt64>], reader: some TreeNodeReader
    ) throws -> [Digest32] {
        let covers = ranges.map { TreeNode.covering($0.lowerBound, $0.upperBound) }
        let nodes = covers.flatMap { $0 }
        guard !nodes.isEmpty else { return [] }
        let hashes = try reader.hashes(of: nodes)
        guard hashes.count == nodes.count else {
            throw MerkleProofError.readerMiscounted(asked: nodes.count, got: hashes.count)
        }
        var rest = hashes[...]
        return covers.compactMap { cover in
            let part = rest.prefix(cover.count)
            rest = rest.dropFirst(cover.count)
            guard let last = part.last else { return nil }
            return part.dropLast().reversed().reduce(last) { MerkleTree.nodeHash($1, $0) }
        }
    }
}
