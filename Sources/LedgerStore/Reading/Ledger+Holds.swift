public import LedgerFormat
public import Projections

/// A legal hold with its entry.
public struct PlacedHold: Sendable {
    public let record: HoldRecord
    /// Of the `LegalHoldPlaced`.
    public let placed: EntryPlace
}

extension Ledger {
    /// Every one that the contact has had, the oldest first. Whether the caller may know of the contact is decided by whoever asks.
    public func legalHolds(of subject: SubjectTag) throws(LedgerStoreError) -> [PlacedHold] {
        var holds: [PlacedHold] = []
        for record in try reading({ try $0.holds(of: subject) }) {
            holds.append(PlacedHold(record: record, placed: try place(of: record.position)))
        }
        return holds
    }
}
