import Projections

/// What happens when the projections turn out to be damaged while they are in use. They follow from the segments, so
/// nothing is lost: the file is thrown away, the ledger stops, and opening it again makes them anew.
struct DamagedProjections: Sendable {
    let configuration: LedgerConfiguration
    let shared: SharedState

    /// - Returns: what callers are told; nil when that is not what happened.
    func found(in error: any Error) -> LedgerStoreError? {
        guard let error = error as? ProjectionError, error.code == .unusable else { return nil }
        let stop = LedgerStoreError(
            .rebuildNeeded, "The projections are damaged; they are being made anew.",
            retryAfterMilliseconds: configuration.limits.unavailableRetryMilliseconds)
        shared.stop(stop) {
            configuration.logger.error("\(error.message) The ledger opens again to do so.")
            // Open connections keep the file's bytes until they are closed.
            try? ProjectionStore.delete(path: configuration.projectionsPath)
        }
        return stop
    }
}
