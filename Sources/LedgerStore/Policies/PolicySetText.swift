public import LedgerFormat

/// Access policies that were set, with what their entry says.
public struct PolicySetText: Sendable {
    public let record: PolicySetRecord
    public let text: String
    /// Who set them.
    public let actor: String
    /// Of the entry.
    public let label: String
    public let time: LedgerTime
}
