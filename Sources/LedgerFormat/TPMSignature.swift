// TPMT_SIGNATURE (TPM 2.0 Library Part 2, 11.3.4) of ECDSA, big-endian:
//   sigAlg UINT16 = 0x0018 · hash UINT16 = 0x000B · signatureR, signatureS: TPM2B_ECC_PARAMETER
// Each part has 1 … 32 bytes: TPMs differ in whether they write leading zeros. Nothing follows.

/// An ECDSA P-256 signature with SHA-256 as a TPM writes it.
public struct TPMSignature: Sendable, Equatable {
    /// TPM_ALG_ECDSA.
    public static let ecdsa: UInt16 = 0x0018
    /// TPM_ALG_SHA256.
    public static let sha256: UInt16 = 0x000B
    private static let partBytes = 32

    public let r: [UInt8]
    public let s: [UInt8]

    /// - Throws: `TPMStructureError`
    public init(parsing bytes: [UInt8]) throws(TPMStructureError) {
        var reader = try TPMReader(
            bytes, atMost: LedgerLimits.maxAttestSignatureBytes, structure: "TPMT_SIGNATURE")
        try reader.expect(Self.ecdsa, "sigAlg")
        try reader.expect(Self.sha256, "hash")
        r = try reader.sized(1...Self.partBytes, "signatureR")
        s = try reader.sized(1...Self.partBytes, "signatureS")
        try reader.finish("TPMT_SIGNATURE")
    }

    /// r ‖ s, 32 bytes each.
    public var rawRepresentation: [UInt8] {
        [r, s].flatMap { [UInt8](repeating: 0, count: Self.partBytes - $0.count) + $0 }
    }
}
