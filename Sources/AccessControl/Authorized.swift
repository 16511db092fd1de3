public import ContactModel

/// An operation that its caller may perform. The only way to hold one is to have passed ``AccessDecision``.
public struct Authorized<Operation: Sendable>: Sendable {
    public let operation: Operation
    /// Whose credential permits it; nil for operations that need none.
    public let principal: SecurityPrincipal?

    init(_ operation: Operation, _ principal: SecurityPrincipal?) {
        self.operation = operation
        self.principal = principal
    }
}
