import CSodium
import CTSS2

extension TPMConnection {
    /// Seals `secret` (at most 128 bytes) as a data object under the storage root.
    func seal(_ secret: SecretBytes, epoch: UInt64) throws(TPMError) -> SealedRoot {
        guard secret.count <= 128 else {
            throw TPMError(
                .malformed, operation: "sealing", hint: "a TPM seals at most 128 bytes at once")
        }
        let parent = try loadStorageRoot()
        defer { flush(parent) }
        let session = try startSession(saltedTo: parent)
        defer { flush(session) }
        try setAttributes(
            session,
            TPMA_SESSION(TPMA_SESSION_DECRYPT | TPMA_SESSION_ENCRYPT | TPMA_SESSION_CONTINUESESSION)
        )

        var sensitive = TPM2B_SENSITIVE_CREATE()
        defer { withUnsafeMutableBytes(of: &sensitive) { Sodium.wipe($0) } }
        sensitive.sensitive.data.size = UInt16(secret.count)
        withUnsafeMutableBytes(of: &sensitive.sensitive.data.buffer) { buffer in
            secret.withUnsafeBytes { buffer.copyMemory(from: $0) }
        }
        var template = TPMTemplates.sealedData
        var outside = TPM2B_DATA()
        var registers = TPML_PCR_SELECTION()
        var privateArea: UnsafeMutablePointer<TPM2B_PRIVATE>?
        var publicArea: UnsafeMutablePointer<TPM2B_PUBLIC>?
        defer {
            Esys_Free(privateArea)
            Esys_Free(publicArea)
        }
        try check("Esys_Create") { esys in
            Esys_Create(
                esys, parent, session, Self.none, Self.none, &sensitive, &template, &outside,
                &registers, &privateArea, &publicArea, nil, nil, nil)
        }
        guard let privateArea, let publicArea else {
            throw TPMError(.refused, operation: "Esys_Create", hint: "the TPM returned no object")
        }
        return SealedRoot(
            epoch: epoch, parentName: try name(of: parent),
            publicArea: try marshal(publicArea), privateArea: bytes(of: privateArea))
    }

    /// - Throws: `TPMError.foreign` when another TPM made the blob, or somebody altered it.
    func unseal(_ blob: SealedRoot) throws(TPMError) -> SecretBytes {
        let parent = try loadStorageRoot()
        defer { flush(parent) }
        // Said before the TPM says it less clearly, and before a session is salted to a stranger.
        guard try name(of: parent) == blob.parentName else {
            throw TPMError(
                .foreign, operation: "unsealing the keystore root",
                hint: "this TPM (\(address.text)) is not the one that sealed it: its storage root "
                    + "has another name; start with the TPM that made it, or recover from an escrow"
            )
        }
        let session = try startSession(saltedTo: parent)
        defer { flush(session) }
        try setAttributes(
            session,
            TPMA_SESSION(TPMA_SESSION_DECRYPT | TPMA_SESSION_ENCRYPT | TPMA_SESSION_CONTINUESESSION)
        )
        var publicArea = try unmarshalPublic(blob.publicArea)
        var privateArea = try privateBuffer(blob.privateArea)
        var object = Self.none
        try check("Esys_Load") { esys in
            Esys_Load(
                esys, parent, session, Self.none, Self.none, &privateArea, &publicArea, &object)
        }
        defer { flush(object) }
        // The command has no parameter to encrypt, only its response does.
        try setAttributes(
            session, TPMA_SESSION(TPMA_SESSION_ENCRYPT | TPMA_SESSION_CONTINUESESSION))
        var data: UnsafeMutablePointer<TPM2B_SENSITIVE_DATA>?
        defer {
            if let data {
                Sodium.wipe(
                    UnsafeMutableRawBufferPointer(
                        start: data, count: MemoryLayout<TPM2B_SENSITIVE_DATA>.size))
            }
            Esys_Free(data)
        }
        try check("Esys_Unseal") { esys in
            Esys_Unseal(esys, object, session, Self.none, Self.none, &data)
        }
        guard let data else {
            throw TPMError(.refused, operation: "Esys_Unseal", hint: "the TPM returned nothing")
        }
        return withUnsafeBytes(of: &data.pointee.buffer) { buffer in
            SecretBytes(
                copying: UnsafeRawBufferPointer(rebasing: buffer.prefix(Int(data.pointee.size))))
        }
    }

    // MARK: parts

    private func loadStorageRoot() throws(TPMError) -> ESYS_TR {
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

    /// An HMAC session whose key only the holder of the storage root can know: what passes between
    /// us and the TPM is encrypted on the bus.
    private func startSession(saltedTo key: ESYS_TR) throws(TPMError) -> ESYS_TR {
        var cipher = TPMTemplates.sessionCipher
        var session = Self.none
        try check("Esys_StartAuthSession") { esys in
            Esys_StartAuthSession(
                esys, key, Self.none, Self.none, Self.none, Self.none, nil, TPM2_SE(TPM2_SE_HMAC),
                &cipher, TPMI_ALG_HASH(TPM2_ALG_SHA256), &session)
        }
        return session
    }

    private func setAttributes(_ session: ESYS_TR, _ flags: TPMA_SESSION) throws(TPMError) {
        try check("Esys_TRSess_SetAttributes") { esys in
            Esys_TRSess_SetAttributes(esys, session, flags, 0xFF)
        }
    }

    private func name(of handle: ESYS_TR) throws(TPMError) -> [UInt8] {
        var name: UnsafeMutablePointer<TPM2B_NAME>?
        defer { Esys_Free(name) }
        try check("Esys_TR_GetName") { Esys_TR_GetName($0, handle, &name) }
        guard let name else { return [] }
        return withUnsafeBytes(of: &name.pointee.name) { Array($0.prefix(Int(name.pointee.size))) }
    }

    private func bytes(of area: UnsafeMutablePointer<TPM2B_PRIVATE>) -> [UInt8] {
        withUnsafeBytes(of: &area.pointee.buffer) { Array($0.prefix(Int(area.pointee.size))) }
    }

    private func marshal(_ area: UnsafeMutablePointer<TPM2B_PUBLIC>) throws(TPMError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: MemoryLayout<TPM2B_PUBLIC>.size)
        var offset = 0
        try check("Tss2_MU_TPM2B_PUBLIC_Marshal") { _ in
            Tss2_MU_TPM2B_PUBLIC_Marshal(area, &buffer, buffer.count, &offset)
        }
        return Array(buffer.prefix(offset))
    }

    private func unmarshalPublic(_ bytes: [UInt8]) throws(TPMError) -> TPM2B_PUBLIC {
        var area = TPM2B_PUBLIC()
        var offset = 0
        try check("Tss2_MU_TPM2B_PUBLIC_Unmarshal") { _ in
            Tss2_MU_TPM2B_PUBLIC_Unmarshal(bytes, bytes.count, &offset, &area)
        }
        return area
    }

    private func privateBuffer(_ bytes: [UInt8]) throws(TPMError) -> TPM2B_PRIVATE {
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
