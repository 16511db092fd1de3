extension SubjectHeadsProof {
    /// Holds the leaves against the root of all heads: they are in its tree, side by side, and no head of the subject stands beside them.
    ///
    /// Places and the number of heads come from whoever gives the proof, and need no other word: the directions of a path that leads to
    /// the root are those of the tree that was sealed. Of two leaves side by side one path keeps right and the other left below where
    /// they part, and nothing lies between; the first leaf's path keeps left all the way, the last one's right.
    ///
    /// - Throws: `SubjectEvidenceError.heads`
    public func checkPlaces(
        of subject: SubjectTag, root: Digest32
    ) throws(SubjectEvidenceError) {
        var before: SubjectHeadsProof.Leaf?
        for leaf in leaves {
            if let before {
                guard leaf.place == before.place + 1, before.head.precedes(leaf.head) else {
                    throw .heads("they do not stand side by side")
                }
            }
            do throws(MerkleProofError) {
                try MerkleProof.verifyInclusion(
                    leaf: leaf.head.leafHash, index: leaf.place, size: count,
                    proof: leaf.proof, root: root)
            } catch {
                throw .heads("one is not in the tree that was sealed")
            }
            before = leaf
        }
        guard let first = leaves.first, let last = leaves.last else {
            // Nobody at all has a head.
            guard count == 0, root == MerkleTree.emptyRoot else {
                throw .heads("there are none")
            }
            return
        }
        guard first.place == 0 || first.head.tag < subject,
            last.place == count - 1 || subject < last.head.tag
        else { throw .heads("a neighbour is missing, so more may have been sealed") }
    }
}
