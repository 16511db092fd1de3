import Crypto
import CryptoExtras
import LedgerFormat

/// Signs segment manifests with KEK-AUDIT, after comparing them with the keeper's own record of the tree.
/// The RSA key is opened for one signature and let go.
public struct ManifestSigner: Sendable {
    private let keystore: Keystore
    private let hierarchy: KeyHierarchy

    init(keystore: Keystore, hierarchy: KeyHierarchy) {
        self.keystore = keystore
        self.hierarchy = hierarchy
    }

    /// Checks, signs, records; then the signature may leave.
    ///
    /// The last segment's manifest may be signed again for another making of the file (the ledger crashed between
    /// sealing and keeping the answer): `fileHash`, `fileSize` and `sealedAt` may differ then, nothing else. An
    /// earlier one only if its body is the same byte for byte: the next manifest names its file.
    /// - Parameter body: canonical bytes of BODY (FORMAT 5.3).
    /// - Throws: `KeyCustodyError.invalid` for a body that is not canonical or names another origin or
    ///   generation; `.equivocation` for a tree this keeper never signed, a segment out of order, or one that
    ///   does not name the manifest before it.
    public func sign(body: [UInt8]) async throws(KeyCustodyError) -> ManifestSignature {
        let manifest = try read(body)
        let check = check
        // Before the costly signature, and again with the record: two requests may race.
        try await keystore.read { db in _ = try check.isNewest(manifest, db) }
        let signature = try signature(of: body)
        try await keystore.commit(.signing) { db in
            guard try check.isNewest(manifest, db) else { return }
            let file = SegmentManifest(
                body: manifest,
                signature: try SegmentManifestSignature(
                    keyID: signature.keyID, value: signature.value))
            try ManifestRecord(manifest, fileHash: file.hash).save(db, check.seal)
        }
        try await prune(below: manifest.treeSize)
        return signature
    }

    private var check: ManifestCheck {
        ManifestCheck(generation: hierarchy.logKey.generation, seal: hierarchy.seal)
    }

    private func signature(of body: [UInt8]) throws(KeyCustodyError) -> ManifestSignature {
        let key = try hierarchy.auditKey()
        do {
            let digest = SHA256.hash(data: SegmentManifestBody.signingInput(canonical: body))
            let signature = try key.signature(for: digest, padding: .PSS)
            return ManifestSignature(
                algorithm: RSAPSS.algorithm, keyID: hierarchy.audit.keyID,
                value: [UInt8](signature.rawRepresentation))
        } catch {
            throw KeyCustodyError(.unavailable, "the manifest could not be signed; try again")
        }
    }

    /// In slices, so that signatures of the tree come in between. What a crash leaves goes with the next
    /// manifest.
    private func prune(below size: UInt64) async throws(KeyCustodyError) {
        let tree = check.tree
        var more = true
        while more {
            more = try await keystore.commit(weight: CustodyLimits.maxPrunedPerCommit) { db in
                try tree.prune(below: size, limit: CustodyLimits.maxPrunedPerCommit, db)
            }
        }
    }

    private func read(_ body: [UInt8]) throws(KeyCustodyError) -> SegmentManifestBody {
        let manifest: SegmentManifestBody
        do {
            manifest = try SegmentManifestBody(canonical: body)
        } catch {
            throw KeyCustodyError(.invalid, "this is not a manifest body: \(error)")
        }
        let key = hierarchy.logKey
        guard manifest.origin == key.name, manifest.generation == key.generation else {
            throw KeyCustodyError(
                .invalid,
                "the manifest is of \(manifest.origin), generation \(manifest.generation); "
                    + "this keeper signs for \(key.name), generation \(key.generation)")
        }
        return manifest
    }
}
