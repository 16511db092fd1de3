import CTSS2
import LedgerFormat

extension TPMConnection {
    /// Of the SHA-256 bank.
    /// - Parameter registers: ascending, at most eight.
    func registerValues(_ registers: [Int]) throws(TPMError) -> [Digest32] {
        var selection = Self.selection(registers)
        var values: UnsafeMutablePointer<TPML_DIGEST>?
        defer { Esys_Free(values) }
        try check("Esys_PCR_Read") { esys in
            Esys_PCR_Read(esys, Self.none, Self.none, Self.none, &selection, nil, nil, &values)
        }
        var digests: [Digest32] = []
        if let values {
            let count = min(Int(values.pointee.count), registers.count)
            digests = withUnsafeBytes(of: &values.pointee.digests) { raw in
                raw.bindMemory(to: TPM2B_DIGEST.self).prefix(count).compactMap { digest in
                    withUnsafeBytes(of: digest.buffer) { Digest32($0.prefix(Int(digest.size))) }
                }
            }
        }
        guard digests.count == registers.count else {
            throw TPMError(
                .refused, operation: "Esys_PCR_Read",
                hint:
                    "the TPM's SHA-256 registers are not active; allocate that bank in the firmware"
            )
        }
        return digests
    }

    func registers(_ indices: [Int]) throws(TPMError) -> PlatformRegisters {
        let values = try registerValues(indices)
        guard
            let registers = PlatformRegisters(
                Dictionary(zip(indices, values), uniquingKeysWith: { first, _ in first }))
        else {
            throw TPMError(
                .malformed, operation: "reading registers", hint: "name 1 to 8 registers, 0 to 23")
        }
        return registers
    }

    static func selection(_ registers: [Int]) -> TPML_PCR_SELECTION {
        var selection = TPML_PCR_SELECTION()
        selection.count = 1
        selection.pcrSelections.0.hash = TPMI_ALG_HASH(TPM2_ALG_SHA256)
        selection.pcrSelections.0.sizeofSelect = 3
        withUnsafeMutableBytes(of: &selection.pcrSelections.0.pcrSelect) { bytes in
            for register in registers { bytes[register / 8] |= 1 << UInt8(register % 8) }
        }
        return selection
    }
}
