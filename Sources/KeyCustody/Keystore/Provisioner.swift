import Crypto
import CryptoExtras
import Foundation
import GRDB
import LedgerFormat

/// The first start: a root sealed by the TPM, and the keys below it.
///
/// ```
/// 1  keys/provisioning         durable: "nothing here has ever been used"
/// 2  keys/root.sealed          durable
/// 3  keys/keystore.sqlite      schema, then meta and all keys in one transaction
/// 4  keys/provisioning gone    durable; only now may anything be encrypted or signed
/// ```
/// A crash before the transaction of 3 leaves the marker without `meta`: the next start begins anew, and
/// loses nothing, because nothing was used. A crash after it leaves the marker with `meta`: the next start
/// goes on with these keys. Without the marker, root and keystore are both there or neither; one alone is
/// a loss that a human must look at, and is never filled up with fresh keys.
struct Provisioner {
    let directory: String
    let logName: String
    let tpm: TPMDevice

    var rootPath: String { directory + "/root.sealed" }
    var keystorePath: String { directory + "/" + Keystore.fileName }
    private var markerPath: String { directory + "/provisioning" }

    /// Root and keystore, made now if this is the first start.
    /// - Throws: `KeyCustodyError.cannotStart`, with the TPM's own error where there is one.
    func open() async throws(KeyCustodyError) -> (root: SecretBytes, keystore: Keystore) {
        let hasRoot = DurableFile.exists(rootPath)
        let hasKeystore = DurableFile.exists(keystorePath)
        if DurableFile.exists(markerPath) {
            return try await resume(hasRoot: hasRoot, hasKeystore: hasKeystore)
        }
        switch (hasRoot, hasKeystore) {
        case (true, true):
            return try await openExisting()
        case (false, false):
            return try await provision()
        case (true, false):
            throw KeyCustodyError(
                .cannotStart,
                "\(rootPath) is there but \(keystorePath) is missing; without it nothing that was "
                    + "encrypted can be read. Restore the keystore. To begin an empty ledger instead, "
                    + "move the whole data directory away")
        case (false, true):
            throw KeyCustodyError(
                .cannotStart,
                "\(keystorePath) is there but \(rootPath) is missing; without it the keystore cannot "
                    + "be opened. Restore the sealed root, or recover from an escrow. To begin an empty "
                    + "ledger instead, move the whole data directory away")
        }
    }

    private func resume(
        hasRoot: Bool, hasKeystore: Bool
    ) async throws(KeyCustodyError) -> (root: SecretBytes, keystore: Keystore) {
        if hasRoot, hasKeystore, try Keystore.isComplete(at: keystorePath) {
            let opened = try await openExisting()
            try finish()
            return opened
        }
        for suffix in ["", "-wal", "-shm", "-journal"] {
            try DurableFile.remove(keystorePath + suffix)
        }
        try DurableFile.remove(rootPath)
        try DurableFile.syncDirectory(of: rootPath)
        return try await provision()
    }

    private func openExisting() async throws(KeyCustodyError) -> (
        root: SecretBytes, keystore: Keystore
    ) {
        guard let bytes = try DurableFile.read(rootPath, limit: SealedRoot.maxSize) else {
            throw KeyCustodyError(.cannotStart, "\(rootPath) is missing; restore it")
        }
        let root: SecretBytes
        do throws(TPMError) {
            root = try await tpm.unseal(SealedRoot(fileBytes: bytes))
        } catch {
            throw KeyCustodyError(
                .cannotStart, "the keystore root \(rootPath) cannot be unsealed", tpm: error)
        }
        return (root, try Keystore.open(at: keystorePath))
    }

    private func provision() async throws(KeyCustodyError) -> (
        root: SecretBytes, keystore: Keystore
    ) {
        // Else power loss could take the whole directory, keys and all, after they were used.
        try DurableFile.syncDirectory(of: directory)
        try DurableFile.write(Array("chancery first start\n".utf8), to: markerPath)
        let root = SecretBytes.random(count: 32)
        let sealed: SealedRoot
        do throws(TPMError) {
            sealed = try await tpm.seal(root, epoch: 0)
        } catch {
            throw KeyCustodyError(.cannotStart, "the keystore root cannot be sealed", tpm: error)
        }
        try DurableFile.write(sealed.fileBytes, to: rootPath)
        let keystore = try Keystore.create(at: keystorePath)
        let first = try FirstKeys(root: root, logName: logName)
        try await keystore.commit { db in try first.insert(db) }
        try DurableFile.syncDirectory(of: keystorePath)
        try finish()
        return (root, keystore)
    }

    private func finish() throws(KeyCustodyError) {
        try DurableFile.remove(markerPath)
        try DurableFile.syncDirectory(of: markerPath)
    }
}
