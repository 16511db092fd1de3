/// The endorsement keys that are used here, by the templates that their makers certify them under (TCG EK Credential
/// Profile for TPM 2.0, B.3.3 and B.3.4: L-1 and L-2).
enum EndorsementKeyKind: String, CaseIterable, Sendable {
    case rsa2048 = "RSA-2048"
    case p256 = "ECC-P256"

    /// The NV index that the maker writes the certificate to.
    var certificateIndex: UInt32 {
        switch self {
        case .rsa2048: 0x01C0_0002
        case .p256: 0x01C0_000A
        }
    }

    /// Those that the TPM has a certificate of.
    static func present(in connection: TPMConnection) throws(TPMError) -> [EndorsementKeyKind] {
        let there = try connection.handles(in: 0x01C0_0000..<0x01C0_0040)
        return allCases.filter { there.contains($0.certificateIndex) }
    }
}
