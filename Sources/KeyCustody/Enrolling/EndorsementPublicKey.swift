import CTSS2

/// An endorsement key's public half, from a certificate or from a TPM: equal if and only if it is the same key.
enum EndorsementPublicKey: Equatable, Sendable {
    /// 2,048 bits, exponent 65537.
    case rsa(modulus: [UInt8])
    /// 32 bytes each.
    case p256(x: [UInt8], y: [UInt8])

    static let modulusBytes = 256
    static let coordinateBytes = 32

    /// nil: neither of the two.
    init?(_ area: TPM2B_PUBLIC) {
        var area = area
        switch area.publicArea.type {
        case TPM2_ALG_RSA:
            // Zero stands for 65537.
            guard [0, 65537].contains(area.publicArea.parameters.rsaDetail.exponent) else {
                return nil
            }
            let size = Int(area.publicArea.unique.rsa.size)
            let modulus = withUnsafeBytes(of: &area.publicArea.unique.rsa.buffer) {
                Array($0.prefix(size))
            }
            guard modulus.count == Self.modulusBytes else { return nil }
            self = .rsa(modulus: modulus)
        case TPM2_ALG_ECC:
            let point = area.publicArea.unique.ecc
            guard
                area.publicArea.parameters.eccDetail.curveID == TPMI_ECC_CURVE(TPM2_ECC_NIST_P256)
            else { return nil }
            self = .p256(x: TPMConnection.coordinate(point.x), y: TPMConnection.coordinate(point.y))
        default: return nil
        }
    }

}
