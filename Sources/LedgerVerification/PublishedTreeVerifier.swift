public import LedgerFormat

/// Verifies a tree as it is served (FORMAT 6): the checkpoint's signature, every header and its chain, every
/// tile, and the root. Payloads, group checkpoints and manifests are not served there, so nothing is said of
/// them; whoever holds the segment files can check those too.
public struct PublishedTreeVerifier: Sendable {
    private let source: any TileSource
    private let trust: TrustFile?
    private let progress: (@Sendable (VerificationProgress) -> Void)?

    /// - Parameter progress: called from time to time, from any task.
    public init(
        source: any TileSource, trust: TrustFile?,
        progress: (@Sendable (VerificationProgress) -> Void)? = nil
    ) {
        self.source = source
        self.trust = trust
        self.progress = progress
    }

    /// - Parameter claims: receipts that the tree must agree with.
    public func verify(claims: [TreeClaim] = []) async -> VerificationReport {
        var report = VerificationReport()
        do throws(VerificationFailure) {
            let (checkpoint, generation) = try await openCheckpoint()
            report.origin = checkpoint.origin
            report.generation = generation
            report.treeSize = checkpoint.size
            report.setKeys(trust)
            report.notes.append(
                "payloads, checkpoints of commit groups, announced keys and manifests are not served under "
                    + "this address; verify the segment files to check them")
            if trust == nil {
                report.notChecked.append("the checkpoint's signature: no trust file given")
            }
            var walk = PublishedWalk(
                checkpoint: checkpoint, generation: generation, source: source, claims: claims)
            let failure = await walk.run(progress)
            report.entries = walk.entries
            if let failure { throw failure }
            report.root = checkpoint.root.hex
            report.signedSize = trust == nil ? 0 : checkpoint.size
            for claim in claims {
                guard claim.origin == checkpoint.origin else {
                    report.notes.append(
                        "\(claim.source) is of \(claim.origin), which is not this ledger")
                    continue
                }
                guard claim.size <= checkpoint.size else {
                    throw claim.missing(treeSize: checkpoint.size)
                }
                report.receiptsCompared.append(claim.source)
            }
            report.outcome = report.notChecked.isEmpty ? .verified : .partial
        } catch {
            report.failure = error
            report.outcome = .failed
        }
        return report
    }

    private func openCheckpoint() async throws(VerificationFailure) -> (Checkpoint, UInt64) {
        guard let note = try await source.fetch("checkpoint", atMost: LedgerLimits.maxNoteBytes)
        else {
            throw VerificationFailure(
                .noSegments, file: "checkpoint", "no ledger publishes a checkpoint at this address")
        }
        return try VerificationFailure.naming("checkpoint") { () throws(VerificationFailure) in
            let parsed = try CheckpointAuthority.parse(note).1
            guard let origin = LedgerOrigin(parsed.origin) else {
                throw VerificationFailure(
                    .checkpointMalformed, "its origin \(parsed.origin) names no generation")
            }
            guard let trust else { return (parsed, origin.generation) }
            let trusted = try trust.require(origin.generation)
            let authority = try CheckpointAuthority(origin: trusted.origin, trusted: trusted)
            return (try authority.open(note, kind: .published), origin.generation)
        }
    }
}
