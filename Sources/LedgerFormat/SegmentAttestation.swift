// FORMAT 5.4, ATTESTATION: canonical JSON with exactly these members,
//   {"certify":{"attest":base64,"signature":base64},"keyId":"16 hex",
//    "pcrs":[{"index":n,"value":"64 hex"},…],"quote":{"attest":base64,"signature":base64}}
// attest: TPMS_ATTEST (TPMAttest.swift). signature: TPMT_SIGNATURE (TPMSignature.swift). Both statements are
// signed by the key `keyId` and carry SHA-256 of what the manifest's own signature covers.

/// What a TPM says of a seal: the value that its counter took, and the registers of the platform that
/// sealed. Its form is right, down to the TPM's structures; whether it is true is told by
/// `verifyStatements(of:)` and `verifySignatures(spki:)`.
public struct SegmentAttestation: Sendable, Equatable {
    /// TPMS_ATTEST and TPMT_SIGNATURE, as the TPM marshals them.
    public struct Statement: Sendable, Equatable {
        public let attest: [UInt8]
        public let signature: [UInt8]

        public init(attest: [UInt8], signature: [UInt8]) {
            self.attest = attest
            self.signature = signature
        }
    }

    /// A platform configuration register of the SHA-256 bank.
    public struct Register: Sendable, Equatable {
        /// From 0 to 23.
        public let index: Int
        public let value: Digest32

        public init(index: Int, value: Digest32) {
            self.index = index
            self.value = value
        }
    }

    /// `SPKI.keyID(_:)`: 16 lower-case hexadecimal digits.
    public let keyID: String
    /// TPM2_NV_Certify of the seal counter.
    public let certify: Statement
    /// TPM2_Quote of `registers`.
    public let quote: Statement
    /// By ascending index, at least one.
    public let registers: [Register]

    let parsed: AttestedStatements

    /// - Throws: `SegmentManifestError.attestationMalformed`
    public init(
        keyID: String, certify: Statement, quote: Statement, registers: [Register]
    ) throws(SegmentManifestError) {
        guard LowerHex.decode(keyID)?.count == 8 else {
            throw .attestationMalformed(member: "keyId", rule: "16 lower-case hexadecimal digits")
        }
        let indices = registers.map(\.index)
        guard !indices.isEmpty,
            indices.allSatisfy({ (0..<LedgerLimits.platformRegisters).contains($0) }),
            zip(indices, indices.dropFirst()).allSatisfy({ $0 < $1 })
        else {
            throw .attestationMalformed(
                member: "pcrs",
                rule: "at least one, ascending, below \(LedgerLimits.platformRegisters)")
        }
        parsed = try AttestedStatements(certify: certify, quote: quote)
        self.keyID = keyID
        self.certify = certify
        self.quote = quote
        self.registers = registers
    }

    /// Value of the seal counter.
    public var counter: UInt64 { parsed.counter.counter }
    /// TPM Name of the NV index that is the counter, 34 bytes.
    public var counterName: [UInt8] { parsed.counter.indexName }
    /// When the two statements were signed: certify, quote. Which came first is not said.
    public var clocks: [TPMClockInfo] { [parsed.certify.clock, parsed.quote.clock] }
}
