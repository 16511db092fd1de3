import LedgerFormat

/// What the keeper must see before it acts on an entry: its header in a tree that it signed itself, in this generation or one
/// that ended.
struct ReceiptCheck: Sendable {
    /// What is missing.
    struct Refusal: Error {
        let why: String
    }

    /// A log key's name is its origin.
    private let keys: [NoteKey]

    init(_ hierarchy: KeyHierarchy) {
        keys = hierarchy.signing.noteKeys + hierarchy.past.flatMap(\.checkpointKeys)
    }

    func header(of receipt: InclusionReceipt) throws(Refusal) -> EntryHeader {
        try header(of: receipt, in: checkpoint(receipt.checkpoint))
    }

    /// Of a receipt with this checkpoint, which was checked before.
    func header(
        of receipt: InclusionReceipt, in checkpoint: Checkpoint
    ) throws(Refusal) -> EntryHeader {
        guard let bytes = receipt.extra, let header = try? EntryHeader(canonical: bytes) else {
            throw Refusal(why: "it carries no readable header")
        }
        guard header.index == receipt.index else {
            throw Refusal(why: "its header is of another index")
        }
        guard LedgerOrigin(checkpoint.origin)?.generation == header.generation else {
            throw Refusal(why: "its checkpoint is of another log")
        }
        do throws(MerkleProofError) {
            try MerkleProof.verifyInclusion(
                leaf: MerkleTree.leafHash(bytes), index: receipt.index, size: checkpoint.size,
                proof: receipt.hashes, root: checkpoint.root)
        } catch {
            throw Refusal(why: "its entry is not in the tree of its checkpoint")
        }
        return header
    }

    /// - Parameter note: of a receipt.
    func checkpoint(_ note: [UInt8]) throws(Refusal) -> Checkpoint {
        do {
            let note = try SignedNote(parsing: note).verified(by: keys)
            // Lines by others would be bytes that nobody here vouches for.
            guard note.signers.count == note.note.signatures.count else {
                throw Refusal(why: "its checkpoint carries lines by others")
            }
            return try Checkpoint(parsing: note.text)
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(why: "its checkpoint was not signed here")
        }
    }
}
