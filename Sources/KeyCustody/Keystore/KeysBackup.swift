import Foundation

/// A copy of `keys/` of one moment, whether a keeper runs or not: the keystore, the sealed root that opens it, and the signed
/// policies under which it does. Neither a TPM nor a key is needed.
public enum KeysBackup {
    /// An erasure moves keystore and root one after the other, in far less time than this.
    private static let tries = 20
    private static let pause = Duration.milliseconds(500)

    /// - Parameter target: an existing directory.
    /// - Throws: `KeyCustodyError.unavailable` when an erasure is under way that does not end.
    public static func make(of directory: String, in target: String) async throws(KeyCustodyError) {
        let names = [RootFiles.name, RootFiles.nextName]
        for attempt in 1...tries {
            let before = try SealedRoot.read("\(directory)/\(RootFiles.name)")
            let keystore = try await KeystoreCopy.make(
                of: "\(directory)/\(Keystore.fileName)", at: "\(target)/\(Keystore.fileName)")
            let sealed = try SealedRoot.read("\(directory)/\(RootFiles.name)")
            let next = try SealedRoot.read("\(directory)/\(RootFiles.nextName)")
            guard let sealed else {
                throw KeyCustodyError(
                    .unavailable, "there is no \(directory)/\(RootFiles.name) to copy")
            }
            // A next root that the keystore has not moved to never counts.
            let isWhole = before == sealed && keystore.epoch == sealed.epoch
            // Half way, and nobody to finish it because the TPM is dead: as it lies. An escrow opens it all the same.
            let isStuck = attempt == tries && keystore.epoch == next?.epoch
            guard isWhole || isStuck else {
                do { try await Task.sleep(for: pause) } catch { break }
                continue
            }
            for (name, root) in zip(names, isWhole ? [sealed] : [sealed, next].compactMap(\.self)) {
                try DurableFile.write(root.fileBytes, to: "\(target)/\(name)")
            }
            for name in try InstalledPolicies.names(in: directory) {
                let policy = try DurableFile.read(
                    "\(directory)/\(name)", limit: SignedPolicy.maxBytes)
                if let policy { try DurableFile.write(policy, to: "\(target)/\(name)") }
            }
            return
        }
        throw KeyCustodyError(
            .unavailable,
            "an erasure is under way and does not end; run the backup again once it has")
    }
}
