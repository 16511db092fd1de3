import ContactModel
import LedgerFormat

/// What the keeper must see before it forgets anybody: an `ErasureOrdered` entry in a tree that it signed itself, in this
/// generation or one that ended.
struct ErasureOrderCheck: Sendable {
    /// A log key's name is its origin.
    private let keys: [NoteKey]

    init(_ hierarchy: KeyHierarchy) {
        keys = hierarchy.signing.noteKeys + hierarchy.past.flatMap(\.checkpointKeys)
    }

    /// - Throws: `KeyCustodyError.invalid` saying what is missing.
    func subject(of order: InclusionReceipt) throws(KeyCustodyError) -> SubjectTag {
        guard let bytes = order.extra, let header = try? EntryHeader(canonical: bytes) else {
            throw Self.refused("it carries no readable header")
        }
        guard header.stream.rawValue == ErasureOrdered.stream, header.type == ErasureOrdered.type,
            let subject = header.subject
        else {
            throw Self.refused("its entry is no \(ErasureOrdered.type) of a subject")
        }
        guard header.index == order.index else {
            throw Self.refused("its header is of another index")
        }
        let checkpoint: Checkpoint
        do {
            let note = try SignedNote(parsing: order.checkpoint).verified(by: keys)
            checkpoint = try Checkpoint(parsing: note.text)
        } catch {
            throw Self.refused("its checkpoint was not signed here")
        }
        guard LedgerOrigin(checkpoint.origin)?.generation == header.generation else {
            throw Self.refused("its checkpoint is of another log")
        }
        do throws(MerkleProofError) {
            try MerkleProof.verifyInclusion(
                leaf: MerkleTree.leafHash(bytes), index: order.index, size: checkpoint.size,
                proof: order.hashes, root: checkpoint.root)
        } catch {
            throw Self.refused("its entry is not in the tree of its checkpoint")
        }
        return subject
    }

    private static func refused(_ why: String) -> KeyCustodyError {
        KeyCustodyError(.invalid, "this is no order to erase: \(why); nothing was erased")
    }
}
