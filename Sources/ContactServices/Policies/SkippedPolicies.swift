import AccessControl
import Synchronization

/// Tells of policies that could not be evaluated: each, with each kind of error, once in a while, however many requests meet it.
final class SkippedPolicies: Sendable {
    private struct Skip: Hashable {
        let policy: String
        let error: PolicyEvaluationError.Kind
    }

    private let interval: Duration
    private let notify: @Sendable (PolicyNotice) -> Void
    /// As many as a set has policies, four times over.
    private let told = Mutex<[Skip: ContinuousClock.Instant]>([:])

    init(interval: Duration, notify: @escaping @Sendable (PolicyNotice) -> Void) {
        self.interval = interval
        self.notify = notify
    }

    func note(_ decision: Decision, of set: PolicySet) {
        for skipped in decision.errors {
            let skip = Skip(policy: skipped.policy, error: skipped.error.kind)
            let isDue = told.withLock { told in
                if let last = told[skip], last.duration(to: .now) < interval { return false }
                told[skip] = .now
                return true
            }
            guard isDue else { continue }
            notify(
                .skipped(
                    policy: skip.policy, forbids: set[id: skip.policy]?.effect == .forbid,
                    error: skip.error))
        }
    }

    /// Another set is in force, whose policies may have the same names.
    func forget() { told.withLock { $0 = [:] } }
}
