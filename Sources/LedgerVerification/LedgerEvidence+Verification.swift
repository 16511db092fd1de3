public import LedgerFormat

extension LedgerEvidence {
    /// Verifies all of it, in order, up to the first failure.
    ///
    /// - Parameters:
    ///   - trust: public keys obtained from a source that the auditor trusts; nil leaves signatures
    ///     unchecked and makes the best outcome `partial`.
    ///   - claims: receipts that the ledger must agree with.
    ///   - progress: called from time to time, from any task.
    public func verify(
        trust: TrustFile?, claims: [TreeClaim] = [],
        progress: (@Sendable (VerificationProgress) -> Void)? = nil
    ) async -> VerificationReport {
        var report = VerificationReport()
        report.notes = notes
        var verifier = LedgerVerifier(
            trust: trust, allowsGaps: !isWhole, claims: claims, progress: progress)
        do throws(VerificationFailure) {
            for segment in segments {
                report.add(try await verifier.verify(segment))
            }
            try verifier.finish { number in
                guard let segment = segments.first(where: { $0.number == number }) else {
                    return nil
                }
                return Self.lateManifest(of: segment)
            }
        } catch {
            report.failure = error
        }
        report.conclude(verifier)
        return report
    }

    /// A running ledger may finish sealing after its directory was listed.
    private static func lateManifest(of segment: UnverifiedSegment) -> Digest32? {
        let directory = segment.path.dropLast(segment.fileName.count)
        let path = directory + SegmentSchema.manifestName(segment: segment.number)
        do throws(VerificationFailure) {
            return try ManifestCheck(path: String(path)).hash
        } catch {
            return nil
        }
    }
}

extension VerificationReport {
    fileprivate mutating func add(_ segment: VerifiedSegment) {
        segments += 1
        if segment.isSealed { sealedSegments += 1 }
    }

    fileprivate mutating func conclude(_ verifier: LedgerVerifier) {
        let state = verifier.state
        generations = verifier.trees.count
        generation = state.generation
        origin = state.origin
        entries = verifier.entries
        treeSize = state.nextIndex
        root = state.frontier?.root.hex
        signedSize = state.signedSize
        unsignedTail = state.unsignedTail
        liveTail = treeSize - min(state.sealedSize, treeSize)
        setKeys(verifier.trust)
        receiptsCompared = verifier.compared
        notChecked = verifier.notChecked
        attestedSegments = verifier.attested
        anchors = state.anchors.count
        notes += verifier.notes + (verifier.unattestedNote.map { [$0] } ?? [])
        outcome = failure != nil ? .failed : notChecked.isEmpty ? .verified : .partial
    }
    mutating func setKeys(_ trust: TrustFile?) {
        keys =
            trust?.generation(generation)?.keys.map {
                Key(
                    use: $0.use.rawValue, algorithm: $0.algorithm.rawValue, name: $0.name,
                    keyId: $0.keyID, fromSize: $0.fromSize, untilSize: $0.untilSize)
            } ?? []
    }
}
