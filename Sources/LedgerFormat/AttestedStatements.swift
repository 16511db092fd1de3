/// The two statements of an attestation, parsed: each is of its kind.
struct AttestedStatements: Sendable, Equatable {
    let certify: TPMAttest
    let counter: TPMNVCertifyInfo
    let certifySignature: TPMSignature
    let quote: TPMAttest
    let registers: TPMQuoteInfo
    let quoteSignature: TPMSignature

    /// - Throws: `SegmentManifestError.attestationMalformed`
    init(
        certify: SegmentAttestation.Statement, quote: SegmentAttestation.Statement
    ) throws(SegmentManifestError) {
        (self.certify, certifySignature) = try Self.parse(certify, "certify")
        (self.quote, quoteSignature) = try Self.parse(quote, "quote")
        guard case .certify(let counter) = self.certify.attested else {
            throw .attestationMalformed(member: "certify.attest", rule: "TPM_ST_ATTEST_NV")
        }
        guard case .quote(let registers) = self.quote.attested else {
            throw .attestationMalformed(member: "quote.attest", rule: "TPM_ST_ATTEST_QUOTE")
        }
        self.counter = counter
        self.registers = registers
    }

    private static func parse(
        _ statement: SegmentAttestation.Statement, _ name: String
    ) throws(SegmentManifestError) -> (TPMAttest, TPMSignature) {
        do throws(TPMStructureError) {
            return (
                try TPMAttest(parsing: statement.attest),
                try TPMSignature(parsing: statement.signature)
            )
        } catch {
            throw .attestationMalformed(member: name, rule: error.message)
        }
    }
}
