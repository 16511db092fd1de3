internal import LedgerFormat

/// What a verified receipt says of the tree: a ledger that is verified together with it must say the same.
/// A signed checkpoint that somebody kept elsewhere is the one thing that a ledger cut off at its end, or
/// signed twice, cannot argue with.
public struct TreeClaim: Sendable {
    /// Name of the file that says it.
    public let source: String
    let origin: String
    let generation: UInt64
    let index: UInt64
    /// Nil for a proof that does not carry its entry; then the ledger's leaf must fit the proof.
    let leaf: Digest32?
    let proof: [Digest32]
    let size: UInt64
    let root: Digest32

    public init(_ receipt: VerifiedReceipt, source: String) {
        self.source = source
        origin = receipt.origin
        generation = receipt.generation
        index = receipt.index
        leaf = receipt.leaf
        proof = receipt.proof
        size = receipt.treeSize
        root = receipt.root
    }

    /// - Parameter found: leaf hash of the ledger's entry `index`.
    func check(leaf found: Digest32) -> VerificationFailure? {
        if let leaf {
            guard leaf != found else { return nil }
            return failure(index: index, "the receipt is of another entry than the ledger has here")
        }
        do throws(MerkleProofError) {
            try MerkleProof.verifyInclusion(
                leaf: found, index: index, size: size, proof: proof, root: root)
            return nil
        } catch {
            return failure(
                index: index,
                "the proof is not of the entry that the ledger has here: \(error.message)")
        }
    }

    /// - Parameter found: root of the ledger's first `size` entries.
    func check(root found: Digest32) -> VerificationFailure? {
        guard root != found else { return nil }
        return failure(
            index: nil,
            "its checkpoint of size \(size) was signed over root \(root.hex), the ledger gives "
                + "\(found.hex): the log signed two trees")
    }

    /// The ledger ends before what the receipt proves.
    func missing(treeSize: UInt64) -> VerificationFailure {
        failure(
            index: nil,
            "its signed checkpoint shows that the log had \(size) entries; this ledger has "
                + "\(treeSize): entries are missing, or the evidence is older than the receipt")
    }

    private func failure(index: UInt64?, _ reason: String) -> VerificationFailure {
        VerificationFailure(.receiptMismatch, index: index, file: source, reason)
    }
}
