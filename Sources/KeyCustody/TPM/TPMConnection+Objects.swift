import CTSS2

// What every use of the TPM is made of: the storage root, sessions, names, and structures as bytes.

extension TPMConnection {
    func loadStorageRoot() throws(TPMError) -> ESYS_TR {
        var sensitive = TPM2B_SENSITIVE_CREATE()
        var template = TPMTemplates.storageRoot
        var outside = TPM2B_DATA()
        var registers = TPML_PCR_SELECTION()
        var handle = Self.none
        try check("Esys_CreatePrimary") { esys in
            Esys_CreatePrimary(
                esys, ESYS_TR(ESYS_TR_RH_OWNER), ESYS_TR(ESYS_TR_PASSWORD), Self.none, Self.none,
                &sensitive, &template, &outside, &registers, &handle, nil, nil, nil, nil)
        }
        return handle
    }

    enum SessionKind {
        case hmac, policy, trial

        fileprivate var type: TPM2_SE {
            switch self {
            case .hmac: TPM2_SE(TPM2_SE_HMAC)
            case .policy: TPM2_SE(TPM2_SE_POLICY)
            case .trial: TPM2_SE(TPM2_SE_TRIAL)
            }
        }
    }

    /// A session whose key only the holder of the storage root can know: what passes between us and the TPM is
    /// encrypted on the bus.
    func startSession(
        saltedTo key: ESYS_TR, _ kind: SessionKind = .hmac
    ) throws(TPMError) -> ESYS_TR {
        var cipher = TPMTemplates.sessionCipher
        var session = Self.none
        try check("Esys_StartAuthSession") { esys in
            Esys_StartAuthSession(
                esys, key, Self.none, Self.none, Self.none, Self.none, nil, kind.type,
                &cipher, TPMI_ALG_HASH(TPM2_ALG_SHA256), &session)
        }
        return session
    }

    func setAttributes(_ session: ESYS_TR, _ flags: TPMA_SESSION) throws(TPMError) {
        try check("Esys_TRSess_SetAttributes") { esys in
            Esys_TRSess_SetAttributes(esys, session, flags, 0xFF)
        }
    }

    func name(of handle: ESYS_TR) throws(TPMError) -> [UInt8] {
        var name: UnsafeMutablePointer<TPM2B_NAME>?
        defer { Esys_Free(name) }
        try check("Esys_TR_GetName") { Esys_TR_GetName($0, handle, &name) }
        guard let name else { return [] }
        return withUnsafeBytes(of: &name.pointee.name) { Array($0.prefix(Int(name.pointee.size))) }
    }

    func bytes(of area: UnsafeMutablePointer<TPM2B_PRIVATE>) -> [UInt8] {
        withUnsafeBytes(of: &area.pointee.buffer) { Array($0.prefix(Int(area.pointee.size))) }
    }

    func marshal(_ area: UnsafeMutablePointer<TPM2B_PUBLIC>) throws(TPMError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: MemoryLayout<TPM2B_PUBLIC>.size)
        var offset = 0
        try check("Tss2_MU_TPM2B_PUBLIC_Marshal") { _ in
            Tss2_MU_TPM2B_PUBLIC_Marshal(area, &buffer, buffer.count, &offset)
        }
        return Array(buffer.prefix(offset))
    }

    func unmarshalPublic(_ bytes: [UInt8]) throws(TPMError) -> TPM2B_PUBLIC {
        var area = TPM2B_PUBLIC()
        var offset = 0
        try check("Tss2_MU_TPM2B_PUBLIC_Unmarshal") { _ in
            Tss2_MU_TPM2B_PUBLIC_Unmarshal(bytes, bytes.count, &offset, &area)
        }
        return area
    }

    func privateBuffer(_ bytes: [UInt8]) throws(TPMError) -> TPM2B_PRIVATE {
        var area = TPM2B_PRIVATE()
        let fits = withUnsafeMutableBytes(of: &area.buffer) { buffer in
            guard bytes.count <= buffer.count else { return false }
            buffer.copyBytes(from: bytes)
            return true
        }
        guard fits else {
            throw TPMError(
                .malformed, operation: "reading the sealed root",
                hint: "its private part is longer than any TPM's; restore the file")
        }
        area.size = UInt16(bytes.count)
        return area
    }
}
