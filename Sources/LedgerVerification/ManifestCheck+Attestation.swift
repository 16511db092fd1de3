internal import LedgerFormat

// MARK: - What a TPM says of the seal (FORMAT 5.4)

extension ManifestCheck {
    /// The attestation is of this manifest, by a key that may; it is absent only where no key is trusted to
    /// attest. How it follows the one before is `SealHistory`'s to say.
    func checkAttestation(_ trust: TrustFile?) throws(VerificationFailure) {
        let body = manifest.body
        let listed = try trust?.require(body.generation).keys.filter { $0.use == .attestation }
        guard let attestation = manifest.attestation else {
            guard let key = listed?.first(where: { $0.counts(atSize: body.treeSize) }) else {
                return
            }
            throw failure(
                .attestationMissing,
                "the TPM's key \(key.keyID) attests seals at size \(body.treeSize), but this one has no "
                    + "attestation: it was stripped, or the segment was sealed without the TPM")
        }
        do throws(SegmentManifestError) {
            try attestation.verifyStatements(of: body)
        } catch {
            throw failure(.attestationMismatch, error.message)
        }
        if let listed {
            // A generation's recovery seals what is left of it, maybe with another TPM.
            let later = (trust?.generations ?? []).filter { $0.generation > body.generation }
                .flatMap(\.keys)
                .filter { $0.use == .attestation && $0.keyID == attestation.keyID }
            try checkSignatures(attestation, listed, later)
        }
    }

    private func checkSignatures(
        _ attestation: SegmentAttestation, _ listed: [TrustedKey], _ later: [TrustedKey]
    ) throws(VerificationFailure) {
        let own = listed.filter {
            $0.keyID == attestation.keyID && $0.counts(atSize: manifest.body.treeSize)
        }
        let valid =
            try (own + later).isEmpty
            ? keys(attestation.keyID, of: listed, "its attestation key", .attestationSignature)
            : own + later
        var reason = ""
        let signers = valid.filter { key in
            do throws(SegmentManifestError) {
                try attestation.verifySignatures(spki: key.publicKey)
                return true
            } catch {
                reason = error.message
                return false
            }
        }
        guard !signers.isEmpty else { throw failure(.attestationSignature, reason) }
        guard signers.contains(where: { $0.sealCounter == attestation.counterName }) else {
            throw failure(
                .attestationMismatch,
                "the TPM certified another NV index than the seal counter of the trust file")
        }
    }
}
