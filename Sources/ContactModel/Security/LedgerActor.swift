/// In whose name an entry is written, what that one is cleared for, and how it came.
public struct LedgerActor: Hashable, Sendable {
    /// Becomes `actor` in headers.
    public let id: String
    public let clearance: Clearance
    public let context: AuditContext

    public init(id: String, clearance: Clearance, context: AuditContext = .none) {
        self.id = id
        self.clearance = clearance
        self.context = context
    }
}
