/// How far a request has come.
/// ```
/// received ──▶ identityVerified ──▶ inProgress ──▶ completed | partiallyCompleted
///     └───────────────┴──────────────────┴───────▶ refused | cancelled
/// ```
public enum DSRState: String, Sendable, CaseIterable {
    case received = "RECEIVED"
    case identityVerified = "IDENTITY_VERIFIED"
    case inProgress = "IN_PROGRESS"
    case completed = "COMPLETED"
    case partiallyCompleted = "PARTIALLY_COMPLETED"
    case refused = "REFUSED"
    case cancelled = "CANCELLED"

    /// Whether somebody still waits for an answer.
    public var isOpen: Bool {
        switch self {
        case .received, .identityVerified, .inProgress: true
        case .completed, .partiallyCompleted, .refused, .cancelled: false
        }
    }
}
