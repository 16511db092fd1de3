// TPMS_QUOTE_INFO (TPM 2.0 Library Part 2, 10.12.4), as FORMAT 5.4 allows it:
//   pcrSelect   TPML_PCR_SELECTION: count UINT32 = 1, then hash UINT16 = 0x000B (SHA-256),
//               sizeofSelect BYTE = 3, pcrSelect[3]: register n is bit n % 8 of byte n / 8
//   pcrDigest   TPM2B_DIGEST, 32 bytes

/// Platform registers that a TPM quotes.
public struct TPMQuoteInfo: Sendable, Equatable {
    /// Registers of the SHA-256 bank, ascending from 0 to 23.
    public let registers: [Int]
    /// SHA-256 of their values in this order.
    public let digest: Digest32

    init(_ reader: inout TPMReader) throws(TPMStructureError) {
        try reader.expect(1 as UInt32, "pcrSelect.count")
        try reader.expect(TPMSignature.sha256, "pcrSelect.hash")
        try reader.expect(UInt8(LedgerLimits.platformRegisters / 8), "pcrSelect.sizeofSelect")
        let bitmap = try reader.bytes(LedgerLimits.platformRegisters / 8, "pcrSelect.pcrSelect")
        registers = bitmap.enumerated().flatMap { position, byte in
            (0..<8).filter { byte >> UInt8($0) & 1 == 1 }.map { 8 * position + $0 }
        }
        digest = try reader.digest("pcrDigest")
    }
}
