public import ContactModel
import Foundation
import LedgerFormat

extension Ledger {
    /// Ends the active segment and seals it. Appends go on meanwhile, in its successor. The audit entry of
    /// the request stands directly behind `SegmentSealed`, or alone when it came to nothing.
    ///
    /// - Throws: `LedgerStoreError.nothingToSeal`; `.unavailable` when sealing failed, which the next start
    ///   tries again.
    public func seal(
        actor: LedgerActor, requestID: String
    ) async throws(LedgerStoreError) -> SealResult {
        var draft = AuditDraft(
            category: .operation, action: "segment.seal", resourceType: "segment",
            requestID: requestID)
        configuration.giveUpBallastIfFull()
        do throws(LedgerStoreError) {
            return try await sealActive(audit: Work.AuditRequest(actor: actor, draft: draft))
        } catch {
            draft.outcome = error.code == .nothingToSeal ? .refused : .failed
            draft.reason = error.code.rawValue
            _ = try await append(AppendRequest(operator: actor, audit: draft))
            throw error
        }
    }

    func sealActive(
        audit: Work.AuditRequest?
    ) async throws(LedgerStoreError) -> SealResult {
        // What an earlier failure left comes first: else every try to seal would end another segment.
        let finished = try await sealWhatWaits()
        if let rotated = try await rotate() { return try await seal(rotated.number, audit: audit) }
        guard let finished else {
            throw LedgerStoreError(
                .nothingToSeal, "Nothing has been appended since the last seal.")
        }
        if let audit {
            _ = try await append(AppendRequest(operator: audit.actor, audit: audit.draft))
        }
        return finished
    }

    func sealWhatWaits() async throws(LedgerStoreError) -> SealResult? {
        let (active, sealed) = shared.withLock { ($0.activeSegment, $0.sealedSegments) }
        return active > sealed + 1 ? try await seal(active - 1, audit: nil) : nil
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
            finishSeals()
            throw LedgerStoreError(wrapping: error)
        }
    }

    private func announce(
        _ segment: UInt64, _ manifest: Digest32, audit: Work.AuditRequest?
    ) async throws {
        let entry = try SystemEntry.segmentSealed(segment, manifest: manifest)
        _ = try await append([entry], audit: audit)
    }

    // MARK: - What is left undone

    /// Completes, in the background and until it is done, what a crash or a failure left: announces seals that lack
    /// their entry, and seals segments that were rotated.
    func finishSeals() {
        let logger = configuration.logger
        sealRepairs.keepTrying(every: configuration.limits.sealRetryInterval) { [self] in
            try await finishSealsOnce()
        } waiting: { error in
            logger.notice("a seal waits to be finished: \(error)")
        }
    }

    private func finishSealsOnce() async throws {
        try await sealer.announceMissing { [self] result in
            try await announce(result.segment, result.manifestHash, audit: nil)
        }
        let (active, sealed) = shared.withLock { ($0.activeSegment, $0.sealedSegments) }
        guard active > sealed + 1 else { return }
        _ = try await sealer.seal(active - 1) { [self] result in
            try await announce(result.segment, result.manifestHash, audit: nil)
        }
    }
}
