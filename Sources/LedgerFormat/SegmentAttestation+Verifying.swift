internal import Crypto

extension SegmentAttestation {
    /// What the statements must say whoever signed them: of this manifest, of these registers, in one run of
    /// the TPM.
    ///
    /// - Throws: `SegmentManifestError.attestationMismatch`
    public func verifyStatements(of body: SegmentManifestBody) throws(SegmentManifestError) {
        let expected = body.signingInput().withUnsafeBytes { LedgerHash.sha256($0) }
        guard parsed.certify.extraData == expected else {
            throw .attestationMismatch(rule: "the counter was certified for another manifest")
        }
        guard parsed.quote.extraData == expected else {
            throw .attestationMismatch(rule: "the registers were quoted for another manifest")
        }
        guard parsed.registers.registers == registers.map(\.index) else {
            throw .attestationMismatch(rule: "the quote is of other registers than 'pcrs'")
        }
        var hasher = SHA256()
        for register in registers {
            register.value.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        }
        guard parsed.registers.digest == LedgerHash.digest(of: hasher) else {
            throw .attestationMismatch(rule: "the quote is of other values than 'pcrs'")
        }
        guard parsed.certify.clock.isOfOneRun(with: parsed.quote.clock) else {
            throw .attestationMismatch(rule: "the TPM was restarted between its two statements")
        }
    }

    /// - Parameter spki: an attestation key that the trust file gives for manifests of this tree size.
    /// - Throws: `SegmentManifestError.otherKey`, `.attestationBadSignature`
    public func verifySignatures(spki: [UInt8]) throws(SegmentManifestError) {
        guard SPKI.keyID(spki) == keyID else { throw .otherKey(keyID: keyID) }
        for (name, statement, signature) in [
            ("certify", certify, parsed.certifySignature), ("quote", quote, parsed.quoteSignature),
        ] {
            guard
                AttestationKey.verify(
                    signature: signature, message: statement.attest, spki: spki)
            else { throw .attestationBadSignature(statement: name) }
        }
    }
}
