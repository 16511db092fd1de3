import AccessControl
import Crypto
import Foundation
import ProcessBoundary
import Synchronization

/// The access policies by which requests are judged now: the ledger's, which is asked for them before anybody is let in, after each change
/// and once in a while, so that a change through another gateway counts here within ``ServiceLimits/policyInterval``.
///
/// While the ledger is away the last ones stay: without it nothing is disclosed or changed anyway.
public final class PoliciesInForce: Sendable {
    private struct Known: Sendable {
        let judge: PolicyJudge
        let version: UInt64
        let hash: Data
        /// Else an administrator alone is let in, to set others.
        var isReadable = true
    }

    private let ledger: any LedgerPort
    private let notify: @Sendable (PolicyNotice) -> Void
    private let skipped: SkippedPolicies
    private let known = Mutex<Known?>(nil)
    /// What the last notice said, so that a problem that stays is told once.
    private let told = Mutex<PolicyNotice?>(nil)
    private let lastQuestion = Mutex<Task<Void, Never>?>(nil)

    public init(
        ledger: any LedgerPort, notify: @escaping @Sendable (PolicyNotice) -> Void = { _ in }
    ) {
        self.ledger = ledger
        self.notify = notify
        skipped = SkippedPolicies(interval: ServiceLimits.skippedPolicyInterval, notify: notify)
    }

    public var areKnown: Bool { known.withLock { $0?.isReadable ?? false } }

    /// - Throws: `ledger-unavailable` before they are known.
    func judge() throws(ServiceError) -> PolicyJudge {
        guard let judge = known.withLock({ $0?.judge }) else {
            throw ServiceError(
                .ledgerUnavailable,
                "The access policies have not been read from the ledger, and nobody is let in without; try again.",
                retryAfter: 1)
        }
        return judge
    }

    /// Asks the ledger, after whoever asks already: what was in force when this was called, or newer, is in force when it returns,
    /// unless the ledger does not answer.
    public func refresh() async {
        let question = lastQuestion.withLock { last in
            let question = Task { [last] in
                await last?.value
                await ask()
            }
            last = question
            return question
        }
        await question.value
    }

    /// Looks again and again, until the task is cancelled.
    public func follow() async {
        while !Task.isCancelled {
            await refresh()
            try? await Task.sleep(
                for: areKnown ? ServiceLimits.policyInterval : ServiceLimits.policyRetryInterval)
        }
    }

    private func ask() async {
        var request = WirePolicyInForceRequest()
        if let known = known.withLock({ $0 }) {
            request.knownVersion = known.version
            request.knownHash = known.hash
        }
        let answer = try? await ledger.ask(
            timeout: ServiceLimits.policyTimeout, .policyInForce(request)
        ) { result -> WirePolicyResponse? in
            if case .policy(let response) = result { response } else { nil }
        }
        guard let answer, !answer.unchanged else { return }
        guard let next = known(answer) ?? repair(answer) else { return }
        known.withLock { $0 = next }
        skipped.forget()
        tell(
            next.isReadable
                ? .inForce(version: answer.version) : .unreadable(version: answer.version))
    }

    private func tell(_ notice: PolicyNotice) {
        let isNew = told.withLock { told in
            defer { told = notice }
            return told != notice
        }
        if isNew { notify(notice) }
    }

    /// nil: what the ledger says cannot be judged by.
    private func known(_ response: WirePolicyResponse) -> Known? {
        guard response.version != 0 else {
            return (try? PolicySet.standard()).map { known($0, version: 0, hash: Data()) }
        }
        guard SHA256.hash(data: response.text).elementsEqual(response.textHash),
            let text = String(validating: response.text, as: UTF8.self),
            let set = try? PolicySet(text)
        else { return nil }
        return known(set, version: response.version, hash: response.textHash)
    }

    /// What cannot be read permits nothing but to put something in its place: else nobody could, ever.
    private func repair(_ response: WirePolicyResponse) -> Known? {
        guard let set = try? PolicySet(Self.repairText) else { return nil }
        return Known(
            judge: PolicyJudge(policies: set, isRepair: true) { _, _ in },
            version: response.version, hash: response.textHash, isReadable: false)
    }

    private static let repairText = """
        permit (
          principal in Role::"administrator",
          action in [Action::"policy.set", Action::"policy.read"],
          resource is Policy
        );
        """

    private func known(_ set: PolicySet, version: UInt64, hash: Data) -> Known {
        let judge = PolicyJudge(policies: set) { [skipped] in skipped.note($0, of: $1) }
        return Known(judge: judge, version: version, hash: hash)
    }
}
