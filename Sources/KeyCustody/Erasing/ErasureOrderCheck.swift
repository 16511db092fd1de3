import ContactModel
import LedgerFormat

/// What the keeper must see before it forgets anybody: an `ErasureOrdered` entry in a tree that it signed itself.
struct ErasureOrderCheck: Sendable {
    private let key: NoteKey?
    private let origin: String

    init(logKey: LogKey) {
        key = .ed25519(name: logKey.name, publicKey: logKey.publicKey)
        origin = logKey.name
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
        guard let key, header.index == order.index else {
            throw Self.refused("its header is of another index")
        }
        let checkpoint: Checkpoint
        do {
            let note = try SignedNote(parsing: order.checkpoint).verified(by: [key])
            checkpoint = try Checkpoint(parsing: note.text)
        } catch {
            throw Self.refused("its checkpoint was not signed here")
        }
        guard checkpoint.origin == origin else {
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
