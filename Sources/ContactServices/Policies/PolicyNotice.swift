public import AccessControl

/// What an operator should know of the access policies; it goes to the log, and names no caller.
public enum PolicyNotice: Sendable, Equatable {
    /// Requests are judged by these from now on. Version 0: those that are compiled in.
    case inForce(version: UInt64)
    /// The ledger's policies cannot be read by this version of the gateway, which lets nobody in but an administrator, to set others.
    case unreadable(version: UInt64)
    /// A policy could not be evaluated and counted for nothing. A `forbid` that is skipped forbids nothing.
    case skipped(policy: String, forbids: Bool, error: PolicyEvaluationError.Kind)
}
