import CTSS2

// Keys that sign what the keeper gives them. Each is loaded for one signature: transient slots are three.

extension TPMConnection {
    /// Constants that the headers define through casts, which do not import.
    private static let hashCheck: UInt16 = 0x8024
    private static let nullHierarchy: UInt32 = 0x4000_0007

    /// A fresh one, whose authorization crosses the bus encrypted.
    func makeKey(_ curve: ResidentCurve) throws(TPMError) -> ResidentKey {
        let parent = try loadStorageRoot()
        defer { flush(parent) }
        let session = try startSession(saltedTo: parent)
        defer { flush(session) }
        try setAttributes(
            session, TPMA_SESSION(TPMA_SESSION_DECRYPT | TPMA_SESSION_CONTINUESESSION))
        let authorization = SecretBytes.random(count: ResidentKey.authorizationBytes)
        var sensitive = TPM2B_SENSITIVE_CREATE()
        defer { withUnsafeMutableBytes(of: &sensitive) { Sodium.wipe($0) } }
        sensitive.sensitive.userAuth.size = UInt16(authorization.count)
        withUnsafeMutableBytes(of: &sensitive.sensitive.userAuth.buffer) { buffer in
            authorization.withUnsafeBytes { buffer.copyMemory(from: $0) }
        }
        var template = TPMTemplates.signingKey(curve)
        var (outside, registers) = (TPM2B_DATA(), TPML_PCR_SELECTION())
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
        guard let privateArea, let publicArea,
            let key = ResidentKey(
                curve, authorization: authorization, publicArea: try marshal(publicArea),
                privateArea: bytes(of: privateArea))
        else {
            throw TPMError(
                .refused, operation: "Esys_Create", hint: "the TPM made another key than asked for")
        }
        return key
    }

    /// - Returns: r ‖ s, each as wide as the curve.
    /// - Throws: `TPMError.foreign` for a key of another TPM; `.lockedOut` when the authorization is not the key's.
    func sign(_ message: [UInt8], with key: ResidentKey) throws(TPMError) -> [UInt8] {
        try withLoaded(key) { object, session throws(TPMError) in
            var digest = TPM2B_DIGEST()
            let bytes = key.curve.digest(message)
            digest.size = UInt16(bytes.count)
            withUnsafeMutableBytes(of: &digest.buffer) { $0.copyBytes(from: bytes) }
            // The key has its scheme; a command may not name another.
            var scheme = TPMT_SIG_SCHEME()
            scheme.scheme = TPMI_ALG_SIG_SCHEME(TPM2_ALG_NULL)
            // An unrestricted key signs a digest that the TPM did not make itself.
            var ticket = TPMT_TK_HASHCHECK()
            ticket.tag = Self.hashCheck
            ticket.hierarchy = Self.nullHierarchy
            var signature: UnsafeMutablePointer<TPMT_SIGNATURE>?
            defer { Esys_Free(signature) }
            try check("Esys_Sign") { esys in
                Esys_Sign(
                    esys, object, session, Self.none, Self.none, &digest, &scheme, &ticket,
                    &signature)
            }
            guard let signature, signature.pointee.sigAlg == TPMI_ALG_SIG_SCHEME(TPM2_ALG_ECDSA)
            else {
                throw TPMError(
                    .refused, operation: "Esys_Sign", hint: "the TPM returned no signature")
            }
            let value = signature.pointee.signature.ecdsa
            return key.curve.padded(value.signatureR) + key.curve.padded(value.signatureS)
        }
    }

    /// Runs `body` with the key and a session that its authorization is proved in.
    func withLoaded<Value>(
        _ key: ResidentKey, _ body: (ESYS_TR, ESYS_TR) throws(TPMError) -> Value
    ) throws(TPMError) -> Value {
        var parent = try loadStorageRoot()
        defer { flush(parent) }
        let session = try startSession(saltedTo: parent)
        defer { flush(session) }
        try setAttributes(session, TPMA_SESSION(TPMA_SESSION_CONTINUESESSION))
        var publicArea = try unmarshalPublic(key.publicArea)
        var privateArea = try privateBuffer(key.privateArea)
        var object = Self.none
        try check("Esys_Load") { esys in
            Esys_Load(
                esys, parent, session, Self.none, Self.none, &privateArea, &publicArea, &object)
        }
        defer { flush(object) }
        // `body` may need the slot.
        flush(parent)
        parent = Self.none
        try withAuthorization(key.authorization) { secret throws(TPMError) in
            try check("Esys_TR_SetAuth") { Esys_TR_SetAuth($0, object, secret) }
        }
        return try body(object, session)
    }
}
