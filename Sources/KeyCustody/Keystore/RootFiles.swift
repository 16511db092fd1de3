import ProcessBoundary

/// `keys/root.sealed`, and `keys/root.next` while an erasure is under way.
struct RootFiles: Sendable {
    static let name = "root.sealed"
    static let nextName = "root.next"

    let directory: String
    let tpm: TPMDevice

    var path: String { directory + "/" + Self.name }
    private var nextPath: String { directory + "/" + Self.nextName }

    var hasNext: Bool { DurableFile.exists(nextPath) }

    /// - Throws: `KeyCustodyError.cannotStart`; with the TPM's error for a file that is no sealed root.
    func sealed() throws(KeyCustodyError) -> SealedRoot {
        guard let root = try SealedRoot.read(path) else {
            throw KeyCustodyError(.cannotStart, "\(path) is missing; restore it")
        }
        return root
    }

    func next() throws(KeyCustodyError) -> SealedRoot? { try SealedRoot.read(nextPath) }

    func write(_ root: SealedRoot) throws(KeyCustodyError) {
        try DurableFile.write(root.fileBytes, to: path)
    }

    /// Seals the root that the next epoch opens.
    func writeNext(
        _ secrets: RootSecrets, to key: PolicyKey, epoch: UInt64
    ) async throws(KeyCustodyError) -> SealedRoot {
        let counter = try sealed().counter
        let root: SealedRoot
        do {
            root = try await tpm.seal(secrets.joined, to: key, counter: counter, epoch: epoch)
        } catch {
            throw KeyCustodyError(
                .unavailable, "the next keystore root cannot be sealed", tpm: error)
        }
        try DurableFile.write(root.fileBytes, to: nextPath)
        return root
    }

    func removeNext() throws(KeyCustodyError) {
        try DurableFile.remove(nextPath)
        try DurableFile.syncDirectory(of: path)
    }

    /// The next root takes the place of the last, which no TPM opens any more.
    func adoptNext() throws(KeyCustodyError) {
        try DurableFile.rename(nextPath, to: path)
        try DurableFile.syncDirectory(of: path)
    }

    /// With a policy from `keys/` that fits this platform.
    /// - Parameter key: to which it was sealed.
    func unseal(
        _ root: SealedRoot, _ key: PolicyKey
    ) async throws(KeyCustodyError) -> RootSecrets {
        let installed = try InstalledPolicies.read(directory)
        do {
            return try RootSecrets(
                joined: await tpm.unseal(root, installed.by(key)))
        } catch {
            guard error.code != .unapproved else {
                throw KeyCustodyError(
                    .cannotStart,
                    (["the keystore root \(path) does not open on this platform"]
                        + installed.strangers(to: key) + installed.problems)
                        .joined(separator: "; "), tpm: error)
            }
            guard error.code == .superseded,
                let value = try? await tpm.value(of: root.counter)
            else {
                throw KeyCustodyError(
                    .cannotStart, "the keystore root \(path) cannot be unsealed", tpm: error)
            }
            throw KeyCustodyError(
                .cannotStart,
                "the keystore root \(path) is of erasure epoch \(root.epoch), the TPM stands at \(value)",
                tpm: error)
        }
    }
}

extension SealedRoot {
    /// - Returns: nil when there is no such file.
    static func read(_ path: String) throws(KeyCustodyError) -> SealedRoot? {
        guard let bytes = try DurableFile.read(path, limit: maxSize) else { return nil }
        do {
            return try SealedRoot(fileBytes: bytes)
        } catch {
            throw KeyCustodyError(
                .cannotStart, "the keystore root \(path) cannot be unsealed", tpm: error)
        }
    }
}
