import CSodium
import CTSS2

extension TPMConnection {
    /// Seals `secret` (at most 128 bytes) as a data object under the storage root, to be unsealed where `key` approved of
    /// the platform's registers, and as long as `counter` stands at `epoch`.
    func seal(
        _ secret: SecretBytes, to key: PolicyKey, counter: TPMCounter, epoch: UInt64
    ) throws(TPMError) -> SealedRoot {
        guard secret.count <= 128 else {
            throw TPMError(
                .malformed, operation: "sealing", hint: "a TPM seals at most 128 bytes at once")
        }
        let policy = try policyDigest(key, counter, epoch)
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
        var template = TPMTemplates.sealedData(policy: policy)
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
            epoch: epoch, counter: counter, parentName: try name(of: parent),
            publicArea: try marshal(publicArea), privateArea: bytes(of: privateArea))
    }

    /// - Parameter policies: by the key that it was sealed to; the one of this platform counts.
    /// - Throws: `TPMError.foreign` when another TPM made the blob, or somebody altered it, or the policies are by another
    ///   key; `.unapproved` when none is of this platform; `.superseded` when its counter has gone on.
    func unseal(
        _ blob: SealedRoot, _ policies: [SignedPolicy]
    ) throws(TPMError) -> SecretBytes {
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
        let approval = try approval(of: policies)
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
        let permit = try startSession(saltedTo: parent, .policy)
        defer { flush(permit) }
        // The command has no parameter to encrypt, only its response does.
        try setAttributes(
            permit, TPMA_SESSION(TPMA_SESSION_ENCRYPT | TPMA_SESSION_CONTINUESESSION))
        try require(approval, in: permit)
        try requireEpoch(blob.counter, blob.epoch, in: permit)
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
            Esys_Unseal(esys, object, permit, Self.none, Self.none, &data)
        }
        guard let data else {
            throw TPMError(.refused, operation: "Esys_Unseal", hint: "the TPM returned nothing")
        }
        return withUnsafeBytes(of: &data.pointee.buffer) { buffer in
            SecretBytes(
                copying: UnsafeRawBufferPointer(rebasing: buffer.prefix(Int(data.pointee.size))))
        }
    }
}
