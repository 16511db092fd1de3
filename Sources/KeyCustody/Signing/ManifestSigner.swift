import Crypto
import CryptoExtras
public import LedgerFormat

/// Signs segment manifests with KEK-AUDIT, after comparing them with the keeper's own record of the tree, and has the
/// TPM attest them. The RSA key is opened for one signature and let go.
public struct ManifestSigner: Sendable {
    private let keystore: Keystore
    private let hierarchy: KeyHierarchy
    private let counters: TPMCounters
    /// One request at a time, in their order: the ledger keeps the answer to its last one.
    private let turn = ReadersWriterLock()

    init(keystore: Keystore, hierarchy: KeyHierarchy, counters: TPMCounters) {
        self.keystore = keystore
        self.hierarchy = hierarchy
        self.counters = counters
    }

    /// Checks, counts, attests, signs, records; then the manifest may leave.
    ///
    /// A body signed before gets the file that was made then. The last segment may be signed again for another
    /// making of its file (the ledger crashed between sealing and keeping the answer): `fileHash`, `fileSize` and
    /// `sealedAt` may differ, nothing else, and the seal counter stays where it is. Not so earlier ones: the next
    /// manifest names their files.
    /// - Parameter body: canonical bytes of BODY (FORMAT 5.3).
    /// - Throws: `KeyCustodyError.invalid` for a body that is not canonical or names another origin or
    ///   generation; `.equivocation` for a tree this keeper never signed, a segment out of order, one that
    ///   does not name the manifest before it, or a TPM whose counter stands elsewhere; `.unavailable` while the TPM
    ///   does not answer.
    public func sign(body: [UInt8]) async throws(KeyCustodyError) -> SegmentManifest {
        try await turn.alone { () async throws(KeyCustodyError) in try await signNext(body) }
    }

    private func signNext(_ body: [UInt8]) async throws(KeyCustodyError) -> SegmentManifest {
        let new = try read(body)
        let check = check
        let answer = try await keystore.read { db in try check.answer(new, db) }
        let target: UInt64
        switch answer {
        case .known(let manifest): return manifest
        case .sign(let counter): target = counter
        }
        let isLast = try await counters.record(.anchor).owesRecovery
        let counter = try await counters.advance(.seal, to: target)
        let manifest = SegmentManifest(
            body: new,
            signature: try await hierarchy.gate.shared { () async throws(KeyCustodyError) in
                try signature(of: body, at: new.treeSize, isLast: isLast)
            },
            attestation: try await attestation(of: body, counter))
        try await keystore.commit(.signing) { db in
            try ManifestRecord(manifest, counter: target).save(db, check.seal)
        }
        try await prune(below: new.treeSize)
        return manifest
    }

    private func attestation(
        of body: [UInt8], _ counter: TPMCounter
    ) async throws(KeyCustodyError) -> SegmentAttestation {
        let digest = SHA256.hash(data: SegmentManifestBody.signingInput(canonical: body))
        guard let qualifying = Digest32(Array(digest)) else { throw Self.failed }
        let said: TPMAttestation
        do throws(TPMError) {
            said = try await counters.tpm.attest(qualifying, counter)
        } catch {
            throw KeyCustodyError(.unavailable, "the TPM cannot attest the seal", tpm: error)
        }
        let registers = zip(TPMAttestation.registers, said.values).map { index, value in
            SegmentAttestation.Register(index: index, value: value)
        }
        do throws(SegmentManifestError) {
            return try SegmentAttestation(
                keyID: hierarchy.attestationKey.keyID, certify: said.certify.statement,
                quote: said.quote.statement, registers: registers)
        } catch {
            throw KeyCustodyError(
                .unavailable, "the TPM's attestation cannot be written down: \(error.message)")
        }
    }

    private static let failed = KeyCustodyError(
        .unavailable, "the manifest could not be signed; try again")

    private var check: ManifestCheck {
        ManifestCheck(generation: hierarchy.logKey.generation, seal: hierarchy.seal)
    }

    private func signature(
        of body: [UInt8], at size: UInt64, isLast: Bool
    ) throws(KeyCustodyError) -> SegmentManifestSignature {
        let (id, key) = try hierarchy.auditKey(at: size, isLast: isLast)
        do {
            let digest = SHA256.hash(data: SegmentManifestBody.signingInput(canonical: body))
            let signature = try key.signature(for: digest, padding: .PSS)
            return try SegmentManifestSignature(
                keyID: id, value: [UInt8](signature.rawRepresentation))
        } catch {
            throw Self.failed
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

extension TPMAttestation.Statement {
    fileprivate var statement: SegmentAttestation.Statement {
        SegmentAttestation.Statement(attest: attest, signature: signature)
    }
}
