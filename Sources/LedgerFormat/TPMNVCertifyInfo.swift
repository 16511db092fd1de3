// TPMS_NV_CERTIFY_INFO (TPM 2.0 Library Part 2, 10.12.8), as FORMAT 5.4 allows it:
//   indexName   TPM2B_NAME, 34 bytes: 0x000B ‖ SHA-256 of the index's public area
//   offset      UINT16 = 0
//   nvContents  TPM2B_MAX_NV_BUFFER, 8 bytes: a counter, big-endian

/// The counter in an NV index that a TPM certifies.
public struct TPMNVCertifyInfo: Sendable, Equatable {
    /// TPM Name of the index: it says that the index is a counter, and how it may be used.
    public let indexName: [UInt8]
    public let counter: UInt64

    init(_ reader: inout TPMReader) throws(TPMStructureError) {
        let size = LedgerLimits.counterNameBytes
        indexName = try reader.sized(size...size, "indexName")
        guard Self.isName(indexName) else {
            throw TPMStructureError(field: "indexName", rule: "a Name of SHA-256")
        }
        try reader.expect(0 as UInt16, "offset")
        try reader.expect(8 as UInt16, "nvContents")
        counter = try reader.integer("nvContents")
    }

    /// Whether this is the TPM Name of an NV index with the name algorithm SHA-256.
    static func isName(_ bytes: [UInt8]) -> Bool {
        bytes.count == LedgerLimits.counterNameBytes && bytes.starts(with: [0x00, 0x0B])
    }
}
