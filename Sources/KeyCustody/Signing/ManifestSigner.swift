import Crypto
import CryptoExtras
import Foundation
import GRDB
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

    /// Checks, records, then signs.
    ///
    /// The last segment's manifest may be signed again with other file bytes (the ledger crashed between
    /// sealing and keeping the answer, and made the file anew) as long as tree size and root are the same;
    /// an earlier one only if its body is the same byte for byte.
    /// - Parameter body: canonical bytes of BODY (FORMAT 5.3).
    /// - Throws: `KeyCustodyError.invalid` for a body that is not canonical or names another origin or
    ///   generation; `.equivocation` for a tree this keeper never signed or a segment out of order.
    public func sign(body: [UInt8]) async throws(KeyCustodyError) -> ManifestSignature {
        let manifest = try read(body)
        let hash = Data(SHA256.hash(data: body))
        try await keystore.commit { db in
            try Self.record(manifest, hash, db)
        }
        let key = try signingKey()
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

    private static func record(
        _ manifest: SegmentManifestBody, _ hash: Data, _ db: Database
    ) throws {
        let new = try ManifestRecord(manifest, hash: hash)
        let last = try ManifestRecord.last(db)
        if let last, new.segment <= last.segment {
            return try recordAgain(new, last: last, db)
        }
        let tree = TreeRecord(generation: manifest.generation)
        guard let recorded = try tree.root(at: manifest.treeSize, db), recorded == manifest.root
        else {
            throw KeyCustodyError(
                .equivocation,
                "the manifest of segment \(new.segment) has a root at size \(new.treeSize) that this "
                    + "keeper never signed; verify the ledger before sealing")
        }
        // A new generation counts its leaves from 0 again; segments count on.
        let firstIndex = last?.generation == new.generation ? last?.treeSize ?? 0 : 0
        let next = (last?.segment ?? 0) + 1
        guard new.segment == next, try TreeRecord.column(manifest.firstIndex) == firstIndex,
            (manifest.previousManifestHash == nil) == (next == 1)
        else {
            throw KeyCustodyError(
                .equivocation,
                "segment \(new.segment) from index \(manifest.firstIndex) does not follow the last one "
                    + "signed; segment \(next) from index \(firstIndex) is next. Seal in order")
        }
        try new.save(db)
        try tree.prune(below: manifest.treeSize, db)
    }

    private static func recordAgain(
        _ new: ManifestRecord, last: ManifestRecord, _ db: Database
    ) throws {
        let isLast = new.segment == last.segment
        guard let known = try ManifestRecord.of(segment: new.segment, db),
            known.generation == new.generation, known.treeSize == new.treeSize,
            known.root == new.root, isLast || known.bodyHash == new.bodyHash
        else {
            throw KeyCustodyError(
                .equivocation,
                "segment \(new.segment) was sealed before with another \(isLast ? "tree" : "manifest"); "
                    + "verify the ledger before sealing")
        }
        if isLast { try new.save(db) }
    }

    private func signingKey() throws(KeyCustodyError) -> _RSA.Signing.PrivateKey {
        let audit = hierarchy.audit
        let key = try KeyWrap.open(
            audit.wrapped, under: hierarchy.root.transientKey(), binding: audit.binding
        ) { der in try? _RSA.Signing.PrivateKey(derRepresentation: der) }
        guard let key else {
            throw KeyCustodyError(.corrupt, "KEK-AUDIT does not read as a key; restore keys/")
        }
        return key
    }
}
