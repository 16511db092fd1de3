import LedgerFormat

/// RFC 6962 section 2.1 word for word, as recursion over slices: slow, and independent of the loops
/// under test.
final class ReferenceTree {
    let leaves: [Digest32]
    private var roots: [Range<Int>: Digest32] = [:]

    init(count: Int) {
        leaves = (0..<count).map { MerkleTree.leafHash(Array("leaf \($0)".utf8)) }
    }

    /// MTH
    func root(_ range: Range<Int>) -> Digest32 {
        if range.isEmpty { return MerkleTree.emptyRoot }
        if range.count == 1 { return leaves[range.lowerBound] }
        if let known = roots[range] { return known }
        let middle = range.lowerBound + split(range.count)
        let root = MerkleTree.nodeHash(
            self.root(range.lowerBound..<middle), self.root(middle..<range.upperBound))
        roots[range] = root
        return root
    }

    /// PATH
    func path(_ index: Int, _ range: Range<Int>) -> [Digest32] {
        if range.count == 1 { return [] }
        let middle = range.lowerBound + split(range.count)
        return index < middle
            ? path(index, range.lowerBound..<middle) + [root(middle..<range.upperBound)]
            : path(index, middle..<range.upperBound) + [root(range.lowerBound..<middle)]
    }

    /// PROOF
    func proof(_ from: Int, _ to: Int) -> [Digest32] {
        subproof(from, 0..<to, true)
    }

    private func subproof(_ end: Int, _ range: Range<Int>, _ complete: Bool) -> [Digest32] {
        if end == range.upperBound { return complete ? [] : [root(range)] }
        let middle = range.lowerBound + split(range.count)
        return end <= middle
            ? subproof(end, range.lowerBound..<middle, complete)
                + [root(middle..<range.upperBound)]
            : subproof(end, middle..<range.upperBound, false)
                + [root(range.lowerBound..<middle)]
    }

    private func split(_ count: Int) -> Int {
        var power = 1
        while power * 2 < count { power *= 2 }
        return power
    }
}

/// Keeps what a frontier hands over, as a store would.
struct MemoryNodes: TreeNodeReader {
    struct Missing: Error {}
    private(set) var hashes: [TreeNode: Digest32] = [:]

    init(leaves: [Digest32]) {
        var frontier = MerkleFrontier()
        for leaf in leaves {
            frontier.append(leaf) { hashes[$0] = $1 }
        }
    }

    func hashes(of nodes: [TreeNode]) throws -> [Digest32] {
        try nodes.map { node in
            guard let hash = hashes[node] else { throw Missing() }
            return hash
        }
    }
}
