internal import LedgerFormat

/// What a `LedgerRecovered` entry says of the generation that ended (FORMAT 9.2).
struct RecoveryClaim: Sendable {
    let ended: UInt64
    let size: UInt64
    let root: Digest32
    let knownSize: UInt64
    let knownRoot: Digest32
    let reason: String
    let attest: [UInt8]
    let signature: [UInt8]

    init(_ members: Members) throws(VerificationFailure) {
        ended = try members.integer("ended")
        size = try members.integer("size")
        root = try members.digest("root")
        knownSize = try members.integer("knownSize")
        knownRoot = try members.digest("knownRoot")
        reason = try members.text("reason", atMost: LedgerLimits.maxRecoveryReasonBytes)
        attest = try members.binary("certifyAttest", atMost: LedgerLimits.maxAttestBytes)
        signature = try members.binary(
            "certifySignature", atMost: LedgerLimits.maxAttestSignatureBytes)
        guard size >= 1, knownSize > size || (knownSize == size && knownRoot == root) else {
            throw members.failure("knownSize")
        }
    }

    /// What an auditor should know of it.
    var note: String {
        let lost = knownSize - size
        return "generation \(ended) ended at size \(size)"
            + (lost > 0
                ? ", and \(lost) signed entries behind it are lost (a tree of size \(knownSize) was signed)"
                : ", with all that is known to have been signed")
            + ": \(reason)"
    }

    /// - Parameters:
    ///   - generation: that begins with it.
    ///   - ended: where the evidence's generation before ends; nil when that is not here.
    ///   - trusted: nil without a trust file.
    /// - Returns: what is wrong with it, or nil.
    func problem(
        in generation: UInt64, after ended: EndOfGeneration?, _ trusted: TrustFile.Generation?
    ) -> String? {
        guard self.ended < generation else { return "it ends generation \(self.ended)" }
        if let ended {
            guard self.ended == ended.generation, size == ended.size else {
                return
                    "it goes on from generation \(self.ended) at size \(size), which here is generation "
                    + "\(ended.generation) at size \(ended.size)"
            }
            guard ended.root == nil || ended.root == root else {
                return "its root of generation \(self.ended) is not that of the entries"
            }
        }
        let keys = (trusted?.keys ?? []).filter { $0.use == .attestation }
        return keys.isEmpty ? nil : certificationProblem(keys)
    }

    private func certificationProblem(_ keys: [TrustedKey]) -> String? {
        guard let said = try? CounterCertification(attest: attest, signature: signature) else {
            return "its certification is no TPM's statement about a counter"
        }
        let expected = RecoveryStatement(
            ended: ended, knownSize: knownSize, knownRoot: knownRoot.hex, size: size, root: root.hex
        ).digest
        guard said.digest == expected else {
            return "the TPM certified its counter for another recovery"
        }
        let isCertified = keys.contains { key in
            key.sealCounter == said.counterName && said.isSigned(by: key.publicKey)
        }
        return isCertified ? nil : "its certification is by no attestation key of the trust file"
    }
}

/// Where a generation ended.
struct EndOfGeneration: Sendable {
    let generation: UInt64
    let size: UInt64
    /// Nil when it could not be computed.
    let root: Digest32?
}
