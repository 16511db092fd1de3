import CTSS2

// The endorsement key, its certificate, and the proof that another key lives in the same TPM.

extension TPMConnection {
    /// No certificate of an endorsement key is longer; an index that says so is none.
    private static let maxCertificate = 8_192
    /// Every TPM reads so many bytes at once.
    private static let chunk = 512

    /// What the maker wrote into the TPM, perhaps with bytes after its end.
    /// - Throws: `TPMError.missing`
    func endorsementCertificate(_ kind: EndorsementKeyKind) throws(TPMError) -> [UInt8] {
        var index = try open(kind.certificateIndex)
        defer { Esys_TR_Close(esys, &index) }
        let size = try size(of: index)
        guard size <= Self.maxCertificate else {
            throw TPMError(
                .refused, operation: "reading the EK certificate",
                hint: "its index has \(size) bytes; name the maker's file with --ek-certificate")
        }
        var bytes: [UInt8] = []
        while bytes.count < size {
            var data: UnsafeMutablePointer<TPM2B_MAX_NV_BUFFER>?
            defer { Esys_Free(data) }
            let (count, offset) = (min(Self.chunk, size - bytes.count), bytes.count)
            try check("Esys_NV_Read") { esys in
                Esys_NV_Read(
                    esys, index, index, ESYS_TR(ESYS_TR_PASSWORD), Self.none, Self.none,
                    UInt16(count), UInt16(offset), &data)
            }
            guard let data, Int(data.pointee.size) == count else {
                throw TPMError(
                    .refused, operation: "Esys_NV_Read", hint: "the TPM returned fewer bytes")
            }
            bytes += withUnsafeBytes(of: &data.pointee.buffer) { Array($0.prefix(count)) }
        }
        return bytes
    }

    func endorsementKey(_ kind: EndorsementKeyKind) throws(TPMError) -> EndorsementPublicKey? {
        var key: EndorsementPublicKey?
        flush(try loadEndorsementKey(kind) { key = EndorsementPublicKey($0) })
        return key
    }

    func attestationKeyPublic() throws(TPMError) -> AttestationKeyPublic {
        var area = TPM2B_PUBLIC()
        flush(try loadAttestationKey { area = $0 })
        guard let key = AttestationKeyPublic(AttestationKeyPublic.marshal(&area.publicArea)) else {
            throw TPMError(
                .refused, operation: "Esys_CreatePrimary", hint: "the TPM made no P-256 key")
        }
        return key
    }

    /// The challenge's answer, which the TPM finds only if it holds both the endorsement key that the challenge was made
    /// for and an attestation key of the name in it.
    /// - Throws: `TPMError`; a TPM that does not hold both refuses.
    func activate(
        _ challenge: CredentialChallenge, _ kind: EndorsementKeyKind
    ) throws(TPMError) -> [UInt8] {
        let key = try loadAttestationKey { _ in }
        defer { flush(key) }
        let endorsement = try loadEndorsementKey(kind) { _ in }
        defer { flush(endorsement) }
        let session = try startSession(saltedTo: Self.none, .policy)
        defer { flush(session) }
        try check("Esys_PolicySecret") { esys in
            Esys_PolicySecret(
                esys, ESYS_TR(ESYS_TR_RH_ENDORSEMENT), session, ESYS_TR(ESYS_TR_PASSWORD),
                Self.none, Self.none, nil, nil, nil, 0, nil, nil)
        }
        var (credential, secret) = (TPM2B_ID_OBJECT(), TPM2B_ENCRYPTED_SECRET())
        credential.size = UInt16(challenge.credential.count)
        secret.size = UInt16(challenge.secret.count)
        withUnsafeMutableBytes(of: &credential.credential) {
            $0.copyBytes(from: challenge.credential)
        }
        withUnsafeMutableBytes(of: &secret.secret) { $0.copyBytes(from: challenge.secret) }
        var answer: UnsafeMutablePointer<TPM2B_DIGEST>?
        defer { Esys_Free(answer) }
        try check("Esys_ActivateCredential") { esys in
            Esys_ActivateCredential(
                esys, key, endorsement, ESYS_TR(ESYS_TR_PASSWORD), session, Self.none, &credential,
                &secret, &answer)
        }
        guard let answer else { return [] }
        return withUnsafeBytes(of: &answer.pointee.buffer) { bytes in
            Array(bytes.prefix(Int(answer.pointee.size)))
        }
    }

    // MARK: - Parts

    private func loadEndorsementKey(
        _ kind: EndorsementKeyKind, _ body: (inout TPM2B_PUBLIC) -> Void
    ) throws(TPMError) -> ESYS_TR {
        var sensitive = TPM2B_SENSITIVE_CREATE()
        var template = EndorsementTemplates.template(kind)
        var (outside, registers) = (TPM2B_DATA(), TPML_PCR_SELECTION())
        var handle = Self.none
        var area: UnsafeMutablePointer<TPM2B_PUBLIC>?
        defer { Esys_Free(area) }
        try check("Esys_CreatePrimary") { esys in
            Esys_CreatePrimary(
                esys, ESYS_TR(ESYS_TR_RH_ENDORSEMENT), ESYS_TR(ESYS_TR_PASSWORD), Self.none,
                Self.none, &sensitive, &template, &outside, &registers, &handle, &area, nil, nil,
                nil)
        }
        if let area { body(&area.pointee) }
        return handle
    }

    private func size(of index: ESYS_TR) throws(TPMError) -> Int {
        var area: UnsafeMutablePointer<TPM2B_NV_PUBLIC>?
        defer { Esys_Free(area) }
        try check("Esys_NV_ReadPublic") { esys in
            Esys_NV_ReadPublic(esys, index, Self.none, Self.none, Self.none, &area, nil)
        }
        return area.map { Int($0.pointee.nvPublic.dataSize) } ?? 0
    }
}
