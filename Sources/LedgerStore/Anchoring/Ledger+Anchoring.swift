import LedgerFormat

// START    as soon as the TPM answers
// RUNNING  every few minutes, if anything was appended since
// STOP     the last entry of a clean stop: whoever finds it so knows that nothing is missing

/// Who certifies, and the task that asks.
struct Anchoring: Sendable {
    let certifier: any AnchorCertifier
    let task: Task<Void, Never>
}

extension Ledger {
    /// Writes down, from now on and until the stop, where the TPM's anchor counter stands. A TPM that is slow or away
    /// delays nothing but that.
    public func keepAnchored(by certifier: any AnchorCertifier) {
        let task = Task { await keepAnchored(certifier) }
        anchoring.withLock { $0 = Anchoring(certifier: certifier, task: task) }
    }

    private func keepAnchored(_ certifier: any AnchorCertifier) async {
        let limits = configuration.limits
        var (occasion, failures) = (AnchorStatement.Occasion.start, 0)
        var size: UInt64?
        while !Task.isCancelled {
            var pause = limits.anchorInterval
            if size != signedSize {
                do {
                    size = try await anchor(occasion, certifier)
                    (occasion, failures) = (.running, 0)
                } catch {
                    if failures == 0 {
                        configuration.logger.notice("the TPM's anchor waits: \(error)")
                    }
                    // Each try may have counted: a TPM's memory wears out by writing.
                    pause = min(limits.anchorRetryInterval * (1 << min(failures, 8)), pause)
                    failures += 1
                }
            }
            try? await Task.sleep(for: pause)
        }
    }

    /// - Returns: size of the tree with the anchor.
    @discardableResult
    private func anchor(
        _ occasion: AnchorStatement.Occasion, _ certifier: any AnchorCertifier
    ) async throws -> UInt64 {
        let payload = try await certifier.anchor(occasion)
        try Task.checkCancellation()
        return try await append([.anchored(payload)]).treeSize
    }

    /// After everything else was appended. Without an answer the stop goes on; nor is it asked for where nothing can be appended.
    func endAnchoring() async {
        guard let anchoring = anchoring.withLock({ $0 }) else { return }
        anchoring.task.cancel()
        await anchoring.task.value
        let canAppend = shared.withLock { $0.stopped == nil && $0.commitProblem == nil }
        guard canAppend else { return }
        do {
            try await anchor(.stop, anchoring.certifier)
        } catch {
            configuration.logger.notice("stopping without the TPM's anchor: \(error)")
        }
    }
}
