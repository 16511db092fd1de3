import CTSS2
import LedgerFormat

// The policy under which the keystore root is sealed (TPM 2.0 Library Part 3, 23): PolicyAuthorize, which puts whatever an
// operator's key signed in the place of a PolicyPCR, then PolicyNV. In this order, since PolicyAuthorize forgets what came
// before it: the other way round one signature would set the erasure counter aside.

extension TPMConnection {
    /// A signed policy of this platform, and the TPM's own word that the signature is good.
    struct Approval {
        let policy: SignedPolicy
        fileprivate var ticket: TPMT_TK_VERIFIED
        fileprivate var keyName: TPM2B_NAME
    }

    /// - Throws: `TPMError.unapproved` naming the registers that hold something else than was signed.
    func approval(of policies: [SignedPolicy]) throws(TPMError) -> Approval {
        let policy = try approved(policies)
        let key = try loadPolicyKey(policy.key)
        defer { flush(key.handle) }
        var digest = Self.digest(SignedPolicy.signedDigest(policy.registers))
        var signature = TPMT_SIGNATURE()
        signature.sigAlg = TPMI_ALG_SIG_SCHEME(TPM2_ALG_ECDSA)
        signature.signature.ecdsa.hash = TPMI_ALG_HASH(TPM2_ALG_SHA256)
        TPMTemplates.fill(&signature.signature.ecdsa.signatureR, policy.signature.prefix(32))
        TPMTemplates.fill(&signature.signature.ecdsa.signatureS, policy.signature.suffix(32))
        var ticket: UnsafeMutablePointer<TPMT_TK_VERIFIED>?
        defer { Esys_Free(ticket) }
        try check("Esys_VerifySignature") { esys in
            Esys_VerifySignature(
                esys, key.handle, Self.none, Self.none, Self.none, &digest, &signature, &ticket)
        }
        guard let ticket else {
            throw TPMError(
                .refused, operation: "Esys_VerifySignature", hint: "the TPM returned no ticket")
        }
        return Approval(policy: policy, ticket: ticket.pointee, keyName: key.name)
    }

    /// Has the TPM compare its registers, and take the operator's word for them.
    func require(_ approval: Approval, in session: ESYS_TR) throws(TPMError) {
        let registers = approval.policy.registers
        var selection = Self.selection(registers.indices)
        // Empty: whatever they hold is what PolicyAuthorize compares with the signed policy.
        var values = TPM2B_DIGEST()
        try check("Esys_PolicyPCR") { esys in
            Esys_PolicyPCR(
                esys, session, Self.none, Self.none, Self.none, &values, &selection)
        }
        try authorize(session, approval.keyName, registers.policyDigest, approval.ticket)
    }

    /// What both leave in a session that began empty.
    func policyDigest(
        _ key: PolicyKey, _ counter: TPMCounter, _ epoch: UInt64
    ) throws(TPMError) -> [UInt8] {
        let loaded = try loadPolicyKey(key)
        flush(loaded.handle)
        let parent = try loadStorageRoot()
        defer { flush(parent) }
        let trial = try startSession(saltedTo: parent, .trial)
        defer { flush(trial) }
        // A trial looks at the key's name alone.
        var ticket = TPMT_TK_VERIFIED()
        ticket.tag = TPM2_ST(TPM2_ST_VERIFIED)
        ticket.hierarchy = TPMI_RH_HIERARCHY(TPM2_RH_NULL)
        try authorize(trial, loaded.name, nil, ticket)
        try requireEpoch(counter, epoch, in: trial)
        var digest: UnsafeMutablePointer<TPM2B_DIGEST>?
        defer { Esys_Free(digest) }
        try check("Esys_PolicyGetDigest") { esys in
            Esys_PolicyGetDigest(esys, trial, Self.none, Self.none, Self.none, &digest)
        }
        guard let digest, digest.pointee.size == 32 else {
            throw TPMError(
                .refused, operation: "Esys_PolicyGetDigest", hint: "the TPM returned no policy")
        }
        return withUnsafeBytes(of: &digest.pointee.buffer) { Array($0.prefix(32)) }
    }

    func requireEpoch(
        _ counter: TPMCounter, _ epoch: UInt64, in session: ESYS_TR
    ) throws(TPMError) {
        var operand = TPM2B_OPERAND()
        operand.size = 8
        withUnsafeBytes(of: epoch.bigEndian) { bytes in
            withUnsafeMutableBytes(of: &operand.buffer) { $0.copyMemory(from: bytes) }
        }
        try withCounter(counter) { index throws(TPMError) in
            try check("Esys_PolicyNV") { esys in
                Esys_PolicyNV(
                    esys, ESYS_TR(ESYS_TR_RH_OWNER), index, session, ESYS_TR(ESYS_TR_PASSWORD),
                    Self.none, Self.none, &operand, 0, TPM2_EO(TPM2_EO_EQ))
            }
        }
    }

    // MARK: - Parts

    private func approved(_ policies: [SignedPolicy]) throws(TPMError) -> SignedPolicy {
        var nearest: [String]?
        for policy in policies {
            let differences = policy.registers.differences(
                from: try registers(policy.registers.indices))
            if differences.isEmpty { return policy }
            if nearest.map({ differences.count < $0.count }) ?? true { nearest = differences }
        }
        throw TPMError(
            .unapproved, operation: "choosing a signed policy",
            hint: (nearest.map {
                "this platform is in no installed policy; the nearest differs: \($0.joined(separator: ", "))"
            }
                ?? "no policy by the key that the keystore is sealed to is installed")
                + ". If the platform is as it should be, its operator signs a policy for it and installs it "
                + "(`chancery tpm policy show`, `sign`, `install`); nothing is lost meanwhile")
    }

    private func loadPolicyKey(
        _ key: PolicyKey
    ) throws(TPMError) -> (handle: ESYS_TR, name: TPM2B_NAME) {
        var area = TPMTemplates.policyKey(key)
        var handle = Self.none
        try check("Esys_LoadExternal") { esys in
            Esys_LoadExternal(
                esys, Self.none, Self.none, Self.none, nil, &area, ESYS_TR(ESYS_TR_RH_OWNER),
                &handle)
        }
        do throws(TPMError) {
            let bytes = try name(of: handle)
            var name = TPM2B_NAME()
            name.size = UInt16(bytes.count)
            withUnsafeMutableBytes(of: &name.name) { $0.copyBytes(from: bytes) }
            return (handle, name)
        } catch {
            flush(handle)
            throw error
        }
    }

    private func authorize(
        _ session: ESYS_TR, _ keyName: TPM2B_NAME, _ approved: Digest32?,
        _ ticket: TPMT_TK_VERIFIED
    ) throws(TPMError) {
        var approved = approved.map(Self.digest) ?? TPM2B_DIGEST()
        var reference = TPM2B_NONCE()
        reference.size = UInt16(SignedPolicy.reference.count)
        withUnsafeMutableBytes(of: &reference.buffer) {
            $0.copyBytes(from: SignedPolicy.reference)
        }
        var (keyName, ticket) = (keyName, ticket)
        try check("Esys_PolicyAuthorize") { esys in
            Esys_PolicyAuthorize(
                esys, session, Self.none, Self.none, Self.none, &approved, &reference, &keyName,
                &ticket)
        }
    }

    private static func digest(_ bytes: Digest32) -> TPM2B_DIGEST {
        var digest = TPM2B_DIGEST()
        digest.size = UInt16(Digest32.byteCount)
        withUnsafeMutableBytes(of: &digest.buffer) { $0.copyBytes(from: bytes.bytes) }
        return digest
    }
}
