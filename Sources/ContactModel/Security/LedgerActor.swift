/// In whose name an entry is written, and what that one is cleared for.
public struct LedgerActor: Hashable, Sendable {
    /// Becomes `actor` in headers.
    public let id: String
    public let clearance: Clearance

    public init(id: String, clearance: Clearance) {
        self.id = id
        self.clearance = clearance
    }
}
