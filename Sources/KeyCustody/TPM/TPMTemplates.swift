import CTSS2

/// The public areas this module creates. Every one is `noDA`: nothing we do counts towards the
/// dictionary-attack lockout, and a lockout caused by others does not stop us.
enum TPMTemplates {
    private static let fixed = TPMA_OBJECT(
        TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_NODA)
    private static let usable = fixed | TPMA_OBJECT(TPMA_OBJECT_USERWITHAUTH)

    static let parameterCipher: TPMT_SYM_DEF_OBJECT = {
        var cipher = TPMT_SYM_DEF_OBJECT()
        cipher.algorithm = TPM2_ALG_ID(TPM2_ALG_AES)
        cipher.keyBits.aes = 128
        cipher.mode.aes = TPM2_ALG_ID(TPM2_ALG_CFB)
        return cipher
    }()

    private static func restrictedP256(_ use: TPMA_OBJECT) -> TPMT_PUBLIC {
        var area = TPMT_PUBLIC()
        area.type = TPMI_ALG_PUBLIC(TPM2_ALG_ECC)
        area.nameAlg = TPMI_ALG_HASH(TPM2_ALG_SHA256)
        area.objectAttributes =
            usable
            | TPMA_OBJECT(TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_RESTRICTED | use)
        area.parameters.eccDetail.curveID = TPMI_ECC_CURVE(TPM2_ECC_NIST_P256)
        area.parameters.eccDetail.kdf.scheme = TPMI_ALG_KDF(TPM2_ALG_NULL)
        return area
    }

    /// TCG "TPM v2.0 Provisioning Guidance" SRK template for ECC P-256: the same seed gives the same
    /// key at every start, so it is never stored.
    static let storageRoot: TPM2B_PUBLIC = {
        var area = restrictedP256(TPMA_OBJECT_DECRYPT)
        area.parameters.eccDetail.symmetric = parameterCipher
        area.parameters.eccDetail.scheme.scheme = TPMI_ALG_ECC_SCHEME(TPM2_ALG_NULL)
        area.unique.ecc.x.size = 32
        area.unique.ecc.y.size = 32
        return TPM2B_PUBLIC(size: 0, publicArea: area)
    }()

    /// The public half of an operator's policy key, brought from outside. What stands here is in its name, by which sealed
    /// objects know it: a change would close them.
    static func policyKey(_ key: PolicyKey) -> TPM2B_PUBLIC {
        var area = TPMT_PUBLIC()
        area.type = TPMI_ALG_PUBLIC(TPM2_ALG_ECC)
        area.nameAlg = TPMI_ALG_HASH(TPM2_ALG_SHA256)
        area.objectAttributes = TPMA_OBJECT(
            TPMA_OBJECT_SIGN_ENCRYPT | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA)
        area.parameters.eccDetail.symmetric.algorithm = TPMI_ALG_SYM_OBJECT(TPM2_ALG_NULL)
        area.parameters.eccDetail.scheme.scheme = TPMI_ALG_ECC_SCHEME(TPM2_ALG_ECDSA)
        area.parameters.eccDetail.scheme.details.ecdsa.hashAlg = TPMI_ALG_HASH(TPM2_ALG_SHA256)
        area.parameters.eccDetail.curveID = TPMI_ECC_CURVE(TPM2_ECC_NIST_P256)
        area.parameters.eccDetail.kdf.scheme = TPMI_ALG_KDF(TPM2_ALG_NULL)
        fill(&area.unique.ecc.x, key.point.dropFirst().prefix(32))
        fill(&area.unique.ecc.y, key.point.suffix(32))
        return TPM2B_PUBLIC(size: 0, publicArea: area)
    }

    static func fill(_ parameter: inout TPM2B_ECC_PARAMETER, _ bytes: ArraySlice<UInt8>) {
        parameter.size = UInt16(bytes.count)
        withUnsafeMutableBytes(of: &parameter.buffer) { $0.copyBytes(from: bytes) }
    }

    /// A data object that only a policy unseals: a platform that an operator approved (PolicyAuthorize), and an erasure
    /// counter that stands where it did (PolicyNV).
    static func sealedData(policy: [UInt8]) -> TPM2B_PUBLIC {
        var area = TPMT_PUBLIC()
        area.type = TPMI_ALG_PUBLIC(TPM2_ALG_KEYEDHASH)
        area.nameAlg = TPMI_ALG_HASH(TPM2_ALG_SHA256)
        area.objectAttributes = fixed
        area.authPolicy.size = UInt16(policy.count)
        withUnsafeMutableBytes(of: &area.authPolicy.buffer) { $0.copyBytes(from: policy) }
        area.parameters.keyedHashDetail.scheme.scheme = TPMI_ALG_KEYEDHASH_SCHEME(TPM2_ALG_NULL)
        return TPM2B_PUBLIC(size: 0, publicArea: area)
    }

    /// The attestation key: signs only what the TPM itself has composed (`restricted`). Under the endorsement hierarchy,
    /// so that reset counts and firmware versions stand in the clear in what it signs.
    static let attestationKey: TPM2B_PUBLIC = {
        var area = restrictedP256(TPMA_OBJECT_SIGN_ENCRYPT)
        area.parameters.eccDetail.symmetric.algorithm = TPMI_ALG_SYM_OBJECT(TPM2_ALG_NULL)
        area.parameters.eccDetail.scheme.scheme = TPMI_ALG_ECC_SCHEME(TPM2_ALG_ECDSA)
        area.parameters.eccDetail.scheme.details.ecdsa.hashAlg = TPMI_ALG_HASH(TPM2_ALG_SHA256)
        return TPM2B_PUBLIC(size: 0, publicArea: area)
    }()

    /// A key that signs what it is given (not `restricted`), made in the TPM, for whoever knows its authorization.
    static func signingKey(_ curve: ResidentCurve) -> TPM2B_PUBLIC {
        var area = TPMT_PUBLIC()
        area.type = TPMI_ALG_PUBLIC(TPM2_ALG_ECC)
        area.nameAlg = TPMI_ALG_HASH(TPM2_ALG_SHA256)
        area.objectAttributes =
            usable | TPMA_OBJECT(TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_SIGN_ENCRYPT)
        area.parameters.eccDetail.symmetric.algorithm = TPMI_ALG_SYM_OBJECT(TPM2_ALG_NULL)
        area.parameters.eccDetail.scheme.scheme = TPMI_ALG_ECC_SCHEME(TPM2_ALG_ECDSA)
        area.parameters.eccDetail.scheme.details.ecdsa.hashAlg = curve.tpmHash
        area.parameters.eccDetail.curveID = curve.tpmCurve
        area.parameters.eccDetail.kdf.scheme = TPMI_ALG_KDF(TPM2_ALG_NULL)
        return TPM2B_PUBLIC(size: 0, publicArea: area)
    }

    /// AES-128-CFB for the parameters of a salted session.
    static let sessionCipher: TPMT_SYM_DEF = {
        var cipher = TPMT_SYM_DEF()
        cipher.algorithm = TPM2_ALG_ID(TPM2_ALG_AES)
        cipher.keyBits.aes = 128
        cipher.mode.aes = TPM2_ALG_ID(TPM2_ALG_CFB)
        return cipher
    }()
}
