import Foundation
import LedgerFormat

// What others know of the generation: a checkpoint that an auditor kept, or a witness.

extension GenerationEnding {
    /// - Returns: the largest of `notes`, each of which the ledger goes on from or lacks entries of.
    func newest(
        of notes: [[UInt8]], _ directory: LedgerDirectory, _ state: State,
        _ identity: SignerIdentity
    ) throws -> SizedNote? {
        let trust = try identity.trustFile()
        var newest: SizedNote?
        for bytes in notes {
            let checkpoint = try checked(bytes, trust, identity)
            if checkpoint.size <= state.signed {
                let tree = try tree(directory, of: identity.generation, size: checkpoint.size)
                guard tree.root == checkpoint.root else {
                    throw LedgerStoreError(
                        .equivocation,
                        "The checkpoint of size \(checkpoint.size) that you gave has another root than the entries here: two trees "
                            + "of one size were signed. Keep the checkpoint and this directory as they are: they prove it."
                    )
                }
            }
            if checkpoint.size > newest?.size ?? 0 {
                newest = SizedNote(size: checkpoint.size, note: Data(bytes))
            }
        }
        return newest
    }

    func behind(_ state: State, _ newest: SizedNote?) -> String? {
        guard let newest, newest.size > state.signed else { return nil }
        return
            "a checkpoint of size \(newest.size) was signed, the segments hold \(state.signed) signed entries"
    }

    private func checked(
        _ bytes: [UInt8], _ trust: TrustFile, _ identity: SignerIdentity
    ) throws -> Checkpoint {
        guard let note = try? SignedNote(parsing: bytes),
            let checkpoint = try? Checkpoint(parsing: note.text),
            checkpoint.origin == identity.origin,
            (try? note.verified(
                by: trust.checkpointKeys(
                    generation: identity.generation, size: checkpoint.size))) != nil
        else {
            throw LedgerStoreError(
                .invalid,
                "A checkpoint that you gave is none of \(identity.origin) under a key that this directory knows; leave it out, and keep it."
            )
        }
        return checkpoint
    }
}
