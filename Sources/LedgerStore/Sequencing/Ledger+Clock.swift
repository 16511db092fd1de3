public import ContactModel

extension Ledger {
    /// An operator's word that the clock is right although the last entry is later: a `ClockCorrected` entry
    /// and the audit entry behind it, which start time anew from the clock.
    ///
    /// - Throws: what `append` throws; never `clockBehind`.
    public func correctClock(
        actor: LedgerActor, requestID: String
    ) async throws(LedgerStoreError) -> AppendResult {
        try await append(
            AppendRequest(
                operator: actor,
                audit: AuditDraft(
                    category: .operation, action: "clock.correct", resourceType: "clock",
                    requestID: requestID),
                correctsClock: true))
    }
}
