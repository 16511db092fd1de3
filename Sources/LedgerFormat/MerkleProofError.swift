/// Why a proof does not prove, or cannot be made.
public enum MerkleProofError: LedgerFormatError, Equatable {
    case sizeTooLarge(UInt64)
    case indexBeyondSize(index: UInt64, size: UInt64)
    case sizesReversed(from: UInt64, to: UInt64)
    case wrongLength(hashes: Int, expected: Int)
    /// The hashes do not lead to the given root.
    case rootMismatch
    /// Consistency only: the hashes do not lead to the older root.
    case oldRootMismatch
    /// A `TreeNodeReader` returned another number of hashes than it was asked for.
    case readerMiscounted(asked: Int, got: Int)

    public var code: String {
        switch self {
        case .sizeTooLarge: "tree-size-too-large"
        case .indexBeyondSize: "leaf-index-beyond-size"
        case .sizesReversed: "tree-sizes-reversed"
        case .wrongLength: "proof-length-wrong"
        case .rootMismatch: "root-mismatch"
        case .oldRootMismatch: "old-root-mismatch"
        case .readerMiscounted: "tree-node-missing"
        }
    }

    public var message: String {
        switch self {
        case .sizeTooLarge(let size):
            "Tree size \(size) is beyond 2^53 − 1."
        case .indexBeyondSize(let index, let size):
            "Leaf \(index) is not in a tree of \(size) leaves. Ask for a proof at a larger size."
        case .sizesReversed(let from, let to):
            "Size \(from) is larger than size \(to). Swap the two trees."
        case .wrongLength(let hashes, let expected):
            "The proof has \(hashes) hashes; between these sizes it must have \(expected)."
        case .rootMismatch:
            "The proof does not lead to the root. The leaf, the proof or the root was altered."
        case .oldRootMismatch:
            "The proof does not lead to the older root: the newer tree does not extend the older one."
        case .readerMiscounted(let asked, let got):
            "The store of tree nodes returned \(got) of \(asked) hashes. Rebuild the views."
        }
    }
}
