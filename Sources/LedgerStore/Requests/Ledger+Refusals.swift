import ContactModel

/// Requests that were refused before they had a caller, by one reason.
public struct Refusals: Sendable {
    public let reason: String
    public let count: Int

    /// - Throws: `LedgerStoreError.invalid` unless `reason` is 1 to 64 lower case letters, digits and hyphens, and `count` at least 1.
    public init(reason: String, count: Int) throws(LedgerStoreError) {
        let isReason =
            (1...64).contains(reason.utf8.count)
            && reason.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        guard isReason, count > 0 else {
            throw LedgerStoreError(.invalid, "Refused: a refusal has a reason and a count.")
        }
        self.reason = reason
        self.count = count
    }
}

extension Ledger {
    /// An audit entry for each reason, in the ledger's own name: nobody else's is known.
    ///
    /// - Throws: what `append` throws.
    public func record(_ refusals: [Refusals], requestID: String) async throws(LedgerStoreError)
        -> AppendResult
    {
        let actor = LedgerActor(id: SystemEntry.actor, clearance: .default)
        var result: AppendResult?
        for refusal in refusals {
            var audit = AuditDraft(
                category: .authentication, action: "authenticate", resourceType: "token",
                outcome: .denied, reason: refusal.reason, requestID: requestID)
            audit.count = refusal.count
            result = try await append(AppendRequest(actor: actor, mutations: [], audit: audit))
        }
        guard let result else { throw LedgerStoreError(.invalid, "Refused: no refusals.") }
        return result
    }
}
