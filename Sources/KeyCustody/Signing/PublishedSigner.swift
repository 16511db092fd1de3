import Crypto
import LedgerFormat

/// Adds the TPM's line to a checkpoint that is about to be published: whoever steals the keystore and its root has the
/// log key, but not this one. Only what this keeper recorded as signed gets it, whatever the ledger says.
public struct PublishedSigner: Sendable {
    private let tree: TreeSigner
    private let tpm: TPMDevice
    private let keys: ResidentKeys

    init(tree: TreeSigner, tpm: TPMDevice, keys: ResidentKeys) {
        self.tree = tree
        self.tpm = tpm
        self.keys = keys
    }

    /// - Returns: the checkpoint with the log key's line and the TPM's, which is another one each time.
    /// - Throws: as `TreeSigner.resign`; `KeyCustodyError.unavailable` while the TPM does not sign.
    public func sign(generation: UInt64, size: UInt64) async throws(KeyCustodyError) -> [UInt8] {
        let signed = try await tree.resign(generation: generation, size: size)
        let raw: [UInt8]
        let note: SignedNote
        do {
            note = try SignedNote(parsing: signed)
            raw = try await tpm.sign(Array(note.text.utf8), with: keys.checkpoint)
        } catch {
            throw KeyCustodyError(
                .unavailable, "the TPM cannot sign the published checkpoint",
                tpm: error as? TPMError)
        }
        let key = keys.noteKey
        let value = try? P256.Signing.ECDSASignature(rawRepresentation: raw)
        // A TPM that signs wrongly must not spoil a checkpoint that the log key signed.
        guard let signature = value.map({ Array($0.derRepresentation) }),
            key.isValid(signature: signature, message: Array(note.text.utf8)),
            let line = NoteSignatureLine(name: key.name, keyID: key.keyID, signature: signature),
            let whole = try? note.adding(line)
        else {
            throw KeyCustodyError(
                .unavailable,
                "the TPM's signature of the published checkpoint does not verify; look at the TPM "
                    + "(`chancery tpm status`)")
        }
        return whole.bytes
    }
}
