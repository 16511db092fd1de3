import LedgerFormat

/// What a TPM says, signed by its attestation key: how a counter stands, and what booted. For `SegmentAttestation`.
struct TPMAttestation: Sendable {
    /// TPMS_ATTEST and TPMT_SIGNATURE as marshalled.
    struct Statement: Sendable {
        var attest: [UInt8]
        var signature: [UInt8]
    }

    var certify: Statement
    var quote: Statement
    /// SHA-256 values of `registers`, in their order.
    var values: [Digest32]

    /// What is measured before an operating system runs, and its boot policy (TCG PC Client Platform Firmware Profile).
    static let registers = Array(0...7)
}
