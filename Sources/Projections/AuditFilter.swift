public import ContactModel
public import LedgerFormat

/// Which audit entries are looked for: those that fit all that is not nil.
public struct AuditFilter: Sendable {
    public var principal: String?
    public var action: String?
    public var category: AuditCategory?
    public var outcome: AuditOutcome?
    public var subject: SubjectTag?
    /// Not before.
    public var from: LedgerTime?
    /// Before.
    public var until: LedgerTime?

    public init() {}
}
