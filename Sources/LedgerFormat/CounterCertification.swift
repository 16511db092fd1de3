// FORMAT 5.4, a certification on its own: sections 9.2 and 9.3.

/// A TPM's signed statement about one of its counters. Its form is right; who signed it is told by `isSigned(by:)`.
public struct CounterCertification: Sendable, Equatable {
    private let attest: [UInt8]
    private let signature: TPMSignature
    private let statement: TPMAttest
    private let certified: TPMNVCertifyInfo

    /// - Parameters:
    ///   - attest: TPMS_ATTEST.
    ///   - signature: TPMT_SIGNATURE.
    /// - Throws: `TPMStructureError`
    public init(attest: [UInt8], signature: [UInt8]) throws(TPMStructureError) {
        statement = try TPMAttest(parsing: attest)
        self.signature = try TPMSignature(parsing: signature)
        guard case .certify(let certified) = statement.attested else {
            throw TPMStructureError(field: "type", rule: "TPM_ST_ATTEST_NV")
        }
        self.attest = attest
        self.certified = certified
    }

    /// The qualifying data.
    public var digest: Digest32 { statement.extraData }
    /// TPM Name of the NV index that is the counter, 34 bytes.
    public var counterName: [UInt8] { certified.indexName }
    public var counter: UInt64 { certified.counter }
    public var clock: TPMClockInfo { statement.clock }

    /// - Parameter spki: of an attestation key.
    public func isSigned(by spki: [UInt8]) -> Bool {
        AttestationKey.verify(signature: signature, message: attest, spki: spki)
    }
}
