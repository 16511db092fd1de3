public import ContactModel

/// What whoever recorded a consent gets: its record, as it stands in the ledger, and where.
public struct ConsentReceipt: Sendable, Equatable {
    public let event: ConsentGranted
    public let outcome: MutationOutcome
}
