import Projections

/// Figures of a rebuild.
public struct RebuildReport: Sendable {
    public let entries: UInt64
    public let segments: Int
    public let boundariesSigned: Int
    public let duration: Duration
}

extension Ledger {
    /// Deletes the projections and makes them anew from the segments, asking the keeper for index values and
    /// contact ids. No ledger may have the directory open.
    ///
    /// - Throws: `LedgerStoreError.locked`, or what `open` throws.
    public static func rebuild(
        _ configuration: LedgerConfiguration, signer: any TreeSigner, reindexer: any Reindexer
    ) async throws(LedgerStoreError) -> RebuildReport {
        do {
            let lock = try DirectoryLock(configuration.directory)
            defer { lock.release() }
            let start = ContinuousClock.now
            try ProjectionStore.delete(
                path: configuration.projectionsPath)
            let recovery = Recovery(
                configuration: configuration, signer: signer, reindexer: reindexer)
            let outcome = try await recovery.run()
            let report = RebuildReport(
                entries: outcome.replayed, segments: outcome.directory.segments.count,
                boundariesSigned: outcome.signedAgain, duration: start.duration(to: .now))
            try outcome.writer.close()
            outcome.library.close()
            outcome.projections.close()
            return report
        } catch {
            throw LedgerStoreError(wrapping: error)
        }
    }
}
