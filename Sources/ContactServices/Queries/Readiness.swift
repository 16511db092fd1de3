import ProcessBoundary

/// Whether each daemon answers and says that it is ready. What ails it is for the operator's socket, not for the network.
public struct Readiness: Sendable, Equatable {
    public let ledger: State
    public let keeper: State
    /// Whether there are access policies to judge requests by.
    public let hasPolicies: Bool

    public var isReady: Bool { ledger == .ready && keeper == .ready && hasPolicies }

    public enum State: Sendable, Equatable {
        case ready, notReady, silent

        init(isReady: Bool?) {
            self = isReady.map { $0 ? .ready : .notReady } ?? .silent
        }
    }
}
