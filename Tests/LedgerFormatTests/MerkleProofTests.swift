import LedgerFormat
import Testing

@Suite struct MerkleProofTests {
    @Test func everyLeafOfEveryTreeTo130IsProved() throws {
        let reference = ReferenceTree(count: 130)
        let nodes = MemoryNodes(leaves: reference.leaves)
        for size in 1...130 {
            let root = reference.root(0..<size)
            for index in 0..<size {
                let proof = try MerkleProof.inclusion(
                    index: UInt64(index), size: UInt64(size), reader: nodes)
                guard proof == reference.path(index, 0..<size) else {
                    Issue.record("leaf \(index) of \(size): not the path of RFC 6962")
                    return
                }
                try MerkleProof.verifyInclusion(
                    leaf: reference.leaves[index], index: UInt64(index), size: UInt64(size),
                    proof: proof, root: root)
            }
        }
    }

    @Test func everyPairOfTreesTo130IsConsistent() throws {
        let reference = ReferenceTree(count: 130)
        let nodes = MemoryNodes(leaves: reference.leaves)
        for to in 0...130 {
            for from in 0...to {
                let proof = try MerkleProof.consistency(
                    from: UInt64(from), to: UInt64(to), reader: nodes)
                guard from == 0 || proof == reference.proof(from, to) else {
                    Issue.record("\(from) to \(to): not the proof of RFC 6962")
                    return
                }
                try MerkleProof.verifyConsistency(
                    from: UInt64(from), to: UInt64(to), proof: proof,
                    fromRoot: reference.root(0..<from), toRoot: reference.root(0..<to))
            }
        }
    }

    @Test func noMutatedInclusionProofIsAccepted() throws {
        let reference = ReferenceTree(count: 13)
        for size in 1...13 {
            let root = reference.root(0..<size)
            for index in 0..<size {
                let proof = reference.path(index, 0..<size)
                func accepts(
                    _ leaf: Digest32, _ index: Int, _ proof: [Digest32], _ root: Digest32
                ) -> Bool {
                    (try? MerkleProof.verifyInclusion(
                        leaf: leaf, index: UInt64(index), size: UInt64(size), proof: proof,
                        root: root)) != nil
                }
                let leaf = reference.leaves[index]
                for mutated in try Self.mutations(of: proof)
                where accepts(leaf, index, mutated, root) {
                    Issue.record("leaf \(index) of \(size) accepted with a mutated proof")
                    return
                }
                for flipped in try Self.flips(of: leaf) {
                    #expect(!accepts(flipped, index, proof, root))
                }
                for flipped in try Self.flips(of: root) {
                    #expect(!accepts(leaf, index, proof, flipped))
                }
                for other in 0..<size + 2 where other != index {
                    #expect(!accepts(leaf, other, proof, root))
                }
            }
        }
    }

    @Test func noMutatedConsistencyProofIsAccepted() throws {
        let reference = ReferenceTree(count: 13)
        for to in 1...13 {
            for from in 1...to {
                let proof = reference.proof(from, to)
                let old = reference.root(0..<from)
                let new = reference.root(0..<to)
                func accepts(_ proof: [Digest32], _ old: Digest32, _ new: Digest32) -> Bool {
                    (try? MerkleProof.verifyConsistency(
                        from: UInt64(from), to: UInt64(to), proof: proof, fromRoot: old,
                        toRoot: new)) != nil
                }
                for mutated in try Self.mutations(of: proof) where accepts(mutated, old, new) {
                    Issue.record("\(from) to \(to) accepted with a mutated proof")
                    return
                }
                for flipped in try Self.flips(of: old) { #expect(!accepts(proof, flipped, new)) }
                for flipped in try Self.flips(of: new) { #expect(!accepts(proof, old, flipped)) }
                if from < to { #expect(!accepts(proof, new, old)) }
            }
        }
    }

    /// Documented choice, as tlog-witness asks and against the public vectors.
    @Test func everyTreeExtendsTheEmptyOneAndNothingElseDoes() throws {
        let reference = ReferenceTree(count: 5)
        let root = reference.root(0..<5)
        let empty = MerkleTree.emptyRoot
        try MerkleProof.verifyConsistency(
            from: 0, to: 0, proof: [], fromRoot: empty, toRoot: empty)
        try MerkleProof.verifyConsistency(from: 0, to: 5, proof: [], fromRoot: empty, toRoot: root)
        #expect(throws: MerkleProofError.oldRootMismatch) {
            try MerkleProof.verifyConsistency(
                from: 0, to: 5, proof: [], fromRoot: root, toRoot: root)
        }
        #expect(throws: MerkleProofError.oldRootMismatch) {
            try MerkleProof.verifyConsistency(
                from: 0, to: 0, proof: [], fromRoot: root, toRoot: root)
        }
        #expect(throws: MerkleProofError.rootMismatch) {
            try MerkleProof.verifyConsistency(
                from: 0, to: 0, proof: [], fromRoot: empty, toRoot: root)
        }
        #expect(throws: MerkleProofError.wrongLength(hashes: 1, expected: 0)) {
            try MerkleProof.verifyConsistency(
                from: 0, to: 5, proof: [root], fromRoot: empty, toRoot: root)
        }
    }

    @Test func impossibleSizesAreRefused() throws {
        let hash = try Fixtures.digest(1)
        let nodes = MemoryNodes(leaves: [hash])
        #expect(throws: MerkleProofError.sizeTooLarge(1 << 53)) {
            try MerkleProof.verifyInclusion(
                leaf: hash, index: 0, size: 1 << 53, proof: [], root: hash)
        }
        #expect(throws: MerkleProofError.sizeTooLarge(.max)) {
            try MerkleProof.verifyConsistency(
                from: 1, to: .max, proof: [], fromRoot: hash, toRoot: hash)
        }
        #expect(throws: MerkleProofError.sizesReversed(from: 2, to: 1)) {
            try MerkleProof.verifyConsistency(
                from: 2, to: 1, proof: [], fromRoot: hash, toRoot: hash)
        }
        #expect(throws: MerkleProofError.indexBeyondSize(index: 0, size: 0)) {
            try MerkleProof.verifyInclusion(leaf: hash, index: 0, size: 0, proof: [], root: hash)
        }
        #expect(throws: MerkleProofError.indexBeyondSize(index: 1, size: 1)) {
            try MerkleProof.inclusion(index: 1, size: 1, reader: nodes)
        }
        #expect(throws: MerkleProofError.self) {
            try MerkleProof.consistency(from: 2, to: 1, reader: nodes)
        }
        #expect(throws: MerkleProofError.self) {
            try MerkleProof.root(size: 1 << 53, reader: nodes)
        }
        // The largest tree there can be: lengths are computed without overflow.
        #expect(throws: MerkleProofError.wrongLength(hashes: 0, expected: 53)) {
            try MerkleProof.verifyInclusion(
                leaf: hash, index: 0, size: LedgerLimits.maxInteger, proof: [], root: hash)
        }
    }

    @Test func readerThatMiscountsIsCaught() {
        struct Forgetful: TreeNodeReader {
            func hashes(of nodes: [TreeNode]) -> [Digest32] { [] }
        }
        #expect(throws: MerkleProofError.readerMiscounted(asked: 1, got: 0)) {
            try MerkleProof.inclusion(index: 0, size: 2, reader: Forgetful())
        }
    }

    // MARK: Mutations

    static func flips(of digest: Digest32) throws -> [Digest32] {
        try (0..<256).map { bit in
            var bytes = digest.bytes
            bytes[bit / 8] ^= 1 << (bit % 8)
            return try #require(Digest32(bytes))
        }
    }

    /// Every flipped bit, every hash left out, repeated, swapped with the next, and one more at either end.
    static func mutations(of proof: [Digest32]) throws -> [[Digest32]] {
        var out: [[Digest32]] = []
        for at in proof.indices {
            for flipped in try flips(of: proof[at]) {
                out.append(proof[..<at] + [flipped] + proof[(at + 1)...])
            }
            out.append(Array(proof[..<at] + proof[(at + 1)...]))
            out.append(Array(proof[...at] + proof[at...]))
            if at + 1 < proof.count {
                var swapped = proof
                swapped.swapAt(at, at + 1)
                out.append(swapped)
            }
        }
        out.append(proof + [Digest32.zero])
        out.append([Digest32.zero] + proof)
        if !proof.isEmpty { out.append([]) }
        return out
    }
}
