// TPMS_ATTEST (TPM 2.0 Library Part 2, 10.12.12), as far as FORMAT 5.4 uses it, big-endian:
//   magic            UINT32        0xFF544347
//   type             UINT16        0x8018 quote, 0x8014 NV certification
//   qualifiedSigner  TPM2B_NAME    at most 66 bytes
//   extraData        TPM2B_DATA    32 bytes: the qualifying data
//   clockInfo        TPMS_CLOCK_INFO
//   firmwareVersion  UINT64
//   attested         TPMS_QUOTE_INFO or TPMS_NV_CERTIFY_INFO
// Nothing follows.

/// What an attestation key signed, parsed; whether it is true is for others to check.
public struct TPMAttest: Sendable, Equatable {
    public enum Attested: Sendable, Equatable {
        case quote(TPMQuoteInfo)
        case certify(TPMNVCertifyInfo)
    }

    /// TPM_GENERATED_VALUE: a restricted key signs nothing from outside that begins so.
    public static let magic: UInt32 = 0xFF54_4347
    static let quoteType: UInt16 = 0x8018
    static let certifyType: UInt16 = 0x8014
    /// TPM2B_NAME: an algorithm and a digest of SHA-512.
    static let maxNameBytes = 66

    /// Qualified name of the signing key. Not checked: the signature is.
    public let qualifiedSigner: [UInt8]
    /// What the caller asked to be signed along.
    public let extraData: Digest32
    public let clock: TPMClockInfo
    public let firmwareVersion: UInt64
    public let attested: Attested

    /// - Throws: `TPMStructureError`
    public init(parsing bytes: [UInt8]) throws(TPMStructureError) {
        var reader = try TPMReader(
            bytes, atMost: LedgerLimits.maxAttestBytes, structure: "TPMS_ATTEST")
        try reader.expect(Self.magic, "magic")
        let type: UInt16 = try reader.integer("type")
        guard [Self.quoteType, Self.certifyType].contains(type) else {
            throw TPMStructureError(
                field: "type", rule: "TPM_ST_ATTEST_QUOTE or TPM_ST_ATTEST_NV")
        }
        qualifiedSigner = try reader.sized(0...Self.maxNameBytes, "qualifiedSigner")
        extraData = try reader.digest("extraData")
        clock = try TPMClockInfo(&reader)
        firmwareVersion = try reader.integer("firmwareVersion")
        attested =
            type == Self.quoteType
            ? .quote(try TPMQuoteInfo(&reader)) : .certify(try TPMNVCertifyInfo(&reader))
        try reader.finish("TPMS_ATTEST")
    }
}
