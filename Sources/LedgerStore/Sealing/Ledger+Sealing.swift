import ContactModel
import LedgerFormat

extension Ledger {
    /// Ends the active segment and seals it. Appends go on meanwhile, in its successor. The audit entry of
    /// the request stands directly behind `SegmentSealed`, or alone when it came to nothing.
    ///
    /// - Throws: `LedgerStoreError.nothingToSeal`; `.unavailable` when sealing failed, which the next start
    ///   tries again.
    public func seal(
        actor: String, requestID: String
    ) async throws(LedgerStoreError) -> SealResult {
        var draft = AuditDraft(
            category: .operation, action: "segment.seal", resourceType: "segment",
            requestID: requestID)
        do throws(LedgerStoreError) {
            return try await sealActive(audit: Work.AuditRequest(actor: actor, draft: draft))
        } catch {
            draft.outcome = error.code == .nothingToSeal ? .refused : .failed
            draft.reason = error.code.rawValue
            _ = try await append(AppendRequest(actor: actor, mutations: [], audit: draft))
            throw error
        }
    }

    func sealActive(
        audit: Work.AuditRequest?
    ) async throws(LedgerStoreError) -> SealResult {
        guard let rotated = try await rotate() else {
            throw LedgerStoreError(
                .nothingToSeal, "Nothing has been appended since the last seal.")
        }
        return try await seal(rotated.number, audit: audit)
    }

    private func seal(
        _ number: UInt64, audit: Work.AuditRequest?
    ) async throws(LedgerStoreError) -> SealResult {
        do {
            return try await sealer.seal(number) { [self] result in
                try await announce(
                    result.segment, result.manifestHash,
                    audit: result.segment == number ? audit : nil)
            }
        } catch {
            configuration.logger.error("sealing segment \(number) failed: \(error)")
            throw LedgerStoreError(wrapping: error)
        }
    }

    private func announce(
        _ segment: UInt64, _ manifest: Digest32, audit: Work.AuditRequest?
    ) async throws {
        let entry = try SystemEntry.segmentSealed(segment, manifest: manifest)
        _ = try await append([entry], audit: audit)
    }

    /// Completes what a crash interrupted: announces seals that lack their entry, now, and seals segments that
    /// were rotated, in the background.
    func finishSeals(_ directory: LedgerDirectory) async throws {
        for number in directory.segments.prefix(directory.sealed) {
            guard try projections.read({ try $0.sealedSegment(number) }) == nil else { continue }
            let manifest = try SegmentManifest(
                parsing: DurableFile.read(
                    directory.file(number).manifestPath, atMost: LedgerLimits.maxManifestBytes))
            try await announce(number, manifest.hash, audit: nil)
        }
        guard let last = directory.segments.dropFirst(directory.sealed).dropLast().last else {
            return
        }
        let task = Task { _ = try? await self.seal(last, audit: nil) }
        leftoverSeals.withLock { $0 = task }
    }

    /// Returns when what `finishSeals` began has ended.
    func leftoversFinished() async {
        await leftoverSeals.withLock { $0 }?.value
    }
}
