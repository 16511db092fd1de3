import CTSS2

/// A counter in the TPM's non-volatile memory. It only goes up, and only for whoever knows its authorization value.
struct TPMCounter: Hashable, Sendable {
    let handle: UInt32
    /// Hash algorithm ‖ hash of the index's public area, once it was written: pins handle, attributes and mark.
    let name: [UInt8]

    /// Where counters are made: the lowest free handles of these (owner's range of the TCG registry).
    static let handles: Range<UInt32> = 0x0180_0C00..<0x0180_0D00
    /// Bytes of a mark, which tells the counters of one ledger from those of another.
    static let markBytes = 32

    /// The owner may read it and undefine it; the authorization value alone increments it. A counter that is undefined
    /// and defined again goes on above all values it ever had.
    static let attributes: TPMA_NV =
        TPMA_NV(TPM2_NT_COUNTER) << 4 | TPMA_NV(TPMA_NV_OWNERREAD) | TPMA_NV(TPMA_NV_AUTHREAD)
        | TPMA_NV(TPMA_NV_AUTHWRITE) | TPMA_NV(TPMA_NV_NO_DA)
}
