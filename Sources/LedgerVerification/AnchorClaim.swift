internal import LedgerFormat

/// What a `TPMAnchored` entry says of the tree (FORMAT 9.3).
struct AnchorClaim: Sendable {
    let size: UInt64
    let root: Digest32
    let occasion: AnchorStatement.Occasion
    let reason: String?
    let attest: [UInt8]
    let signature: [UInt8]

    init(_ members: Members) throws(VerificationFailure) {
        size = try members.integer("size")
        root = try members.digest("root")
        reason = try members.optionalText(
            "reason", atMost: LedgerLimits.maxRecoveryReasonBytes)
        attest = try members.binary("certifyAttest", atMost: LedgerLimits.maxAttestBytes)
        signature = try members.binary(
            "certifySignature", atMost: LedgerLimits.maxAttestSignatureBytes)
        let occasion = AnchorStatement.Occasion(
            rawValue: try members.text("occasion", atMost: 16))
        guard let occasion else { throw members.failure("occasion") }
        guard size <= members.index else { throw members.failure("size") }
        guard reason == nil || (occasion == .start && reason != "") else {
            throw members.failure("reason")
        }
        self.occasion = occasion
    }

    func statement(_ origin: String) -> AnchorStatement {
        AnchorStatement(
            origin: origin, size: size, root: root, occasion: occasion, reason: reason ?? "")
    }

    /// What an auditor should know of it, if anything.
    func note(index: UInt64) -> String? {
        reason.map { reason in
            "at entry \(index) the ledger went on with a directory that was not the newest, with all that was signed: "
                + reason
        }
    }
}
