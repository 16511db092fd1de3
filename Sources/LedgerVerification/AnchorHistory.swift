internal import LedgerFormat

/// How the anchors of one generation follow each other: one counter of one TPM, which only goes up, and a clock that does not
/// go back (FORMAT 9.3).
struct AnchorHistory: Sendable {
    /// Anchors so far, of all generations.
    private(set) var count = 0
    /// By attestation key; without a trust file all are one's.
    private var last: [String: CounterCertification] = [:]

    /// For the next generation.
    var behindGeneration: AnchorHistory {
        var next = AnchorHistory()
        next.count = count
        return next
    }

    /// - Parameter trusted: nil without a trust file.
    /// - Returns: what is wrong with the claim, or nil.
    mutating func follow(
        _ claim: AnchorClaim, origin: String, _ trusted: TrustFile.Generation?
    ) -> String? {
        count += 1
        let keys = (trusted?.keys ?? []).filter { $0.use == .attestation }
        // Nobody is trusted to certify.
        if trusted != nil, keys.isEmpty { return nil }
        guard
            let said = try? CounterCertification(
                attest: claim.attest, signature: claim.signature)
        else { return "its certification is no TPM's statement about a counter" }
        guard said.digest == claim.statement(origin).digest else {
            return "the TPM certified its counter for another tree"
        }
        let signer = keys.first { $0.counts(atSize: claim.size) && said.isSigned(by: $0.publicKey) }
        guard trusted == nil || signer != nil else {
            return "its certification is by no attestation key of the trust file"
        }
        guard !keys.contains(where: { $0.sealCounter == said.counterName }) else {
            return "the TPM certified its seal counter, not its anchor"
        }
        defer { last[signer?.keyID ?? ""] = said }
        return last[signer?.keyID ?? ""].flatMap { Self.problem(said, after: $0) }
    }

    private static func problem(
        _ said: CounterCertification, after before: CounterCertification
    ) -> String? {
        guard said.counterName == before.counterName else {
            return "the TPM certified another counter than for the anchor before"
        }
        guard said.counter > before.counter else {
            return
                "the anchor stands at \(said.counter), for the anchor before it stood at \(before.counter): it only goes up"
        }
        return before.clock.precedes(said.clock)
            ? nil : "the TPM's resets, restarts or clock went back since the anchor before"
    }
}
