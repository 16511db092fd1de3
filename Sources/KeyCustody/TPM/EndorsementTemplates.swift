import CTSS2

/// TCG EK Credential Profile for TPM 2.0, templates L-1 (B.3.3) and L-2 (B.3.4): the same seed gives the key that the maker
/// certified.
enum EndorsementTemplates {
    /// PolicySecret(endorsement hierarchy), SHA-256: "PolicyA".
    private static let policy: [UInt8] = [
        0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xB3, 0xF8, 0x1A, 0x90, 0xCC, 0x8D, 0x46, 0xA5, 0xD7,
        0x24, 0xFD, 0x52, 0xD7, 0x6E, 0x06, 0x52, 0x0B, 0x64, 0xF2, 0xA1, 0xDA, 0x1B, 0x33, 0x14,
        0x69, 0xAA,
    ]

    static func template(_ kind: EndorsementKeyKind) -> TPM2B_PUBLIC {
        var area = TPMT_PUBLIC()
        area.nameAlg = TPMI_ALG_HASH(TPM2_ALG_SHA256)
        area.objectAttributes = TPMA_OBJECT(
            TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN
                | TPMA_OBJECT_ADMINWITHPOLICY | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT)
        area.authPolicy.size = UInt16(policy.count)
        withUnsafeMutableBytes(of: &area.authPolicy.buffer) { $0.copyBytes(from: policy) }
        switch kind {
        case .rsa2048:
            area.type = TPMI_ALG_PUBLIC(TPM2_ALG_RSA)
            area.parameters.rsaDetail.symmetric = TPMTemplates.parameterCipher
            area.parameters.rsaDetail.scheme.scheme = TPMI_ALG_RSA_SCHEME(TPM2_ALG_NULL)
            area.parameters.rsaDetail.keyBits = 2048
            area.unique.rsa.size = 256
        case .p256:
            area.type = TPMI_ALG_PUBLIC(TPM2_ALG_ECC)
            area.parameters.eccDetail.symmetric = TPMTemplates.parameterCipher
            area.parameters.eccDetail.scheme.scheme = TPMI_ALG_ECC_SCHEME(TPM2_ALG_NULL)
            area.parameters.eccDetail.curveID = TPMI_ECC_CURVE(TPM2_ECC_NIST_P256)
            area.parameters.eccDetail.kdf.scheme = TPMI_ALG_KDF(TPM2_ALG_NULL)
            area.unique.ecc.x.size = 32
            area.unique.ecc.y.size = 32
        }
        return TPM2B_PUBLIC(size: 0, publicArea: area)
    }
}
