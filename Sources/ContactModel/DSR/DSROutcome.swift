/// How a request was answered.
public enum DSROutcome: String, Sendable, CaseIterable {
    case completed = "COMPLETED"
    case partiallyCompleted = "PARTIALLY_COMPLETED"
    case refused = "REFUSED"
}
