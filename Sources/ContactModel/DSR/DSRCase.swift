/// Where a request stands: a pure fold over its steps, the same in the ledger, which refuses what is no step from here, and in
/// whatever reads the ledger.
public struct DSRCase: Hashable, Sendable {
    public let kind: DSRKind
    /// Of the request by the controller, from which its time runs.
    public let receivedAt: Timestamp
    public private(set) var state: DSRState
    public private(set) var isExtended: Bool

    public init(
        kind: DSRKind, receivedAt: Timestamp, state: DSRState = .received,
        isExtended: Bool = false
    ) {
        self.kind = kind
        self.receivedAt = receivedAt
        self.state = state
        self.isExtended = isExtended
    }

    /// The last day on which an answer is in time.
    public var due: CalendarDate { deadline(isExtended: isExtended) }

    /// One month, and two more (Article 12(3) GDPR); 45 days, and 45 more (§ 1798.130(a)(2)(A) CCPA). Both run from receipt.
    private func deadline(isExtended: Bool) -> CalendarDate {
        let day = CalendarDate(receivedAt)
        return switch kind.law {
        case .gdpr: day.adding(months: isExtended ? 3 : 1)
        case .ccpa: day.adding(days: isExtended ? 90 : 45)
        }
    }

    /// The request after a step.
    ///
    /// - Parameter time: of the step, which is late for an extension once the due day is over.
    /// - Throws: ``DSRRefusal``, and nothing has changed.
    public func after(_ step: DSRStep, at time: Timestamp) throws(DSRRefusal) -> DSRCase {
        try checkReasons(of: step)
        var next = self
        switch (step, state) {
        case (.verifyIdentity, .received): next.state = .identityVerified
        case (.start, .identityVerified): next.state = .inProgress
        case (.extend, _) where state.isOpen:
            guard !isExtended else { throw .extendedBefore }
            guard CalendarDate(time) <= due else { throw .timeIsOver(due) }
            next.isExtended = true
        case (.complete, .inProgress):
            guard kind.effect != .erasure else { throw .erasureCompletes }
            next.state = .completed
        case (.completePartially, .inProgress): next.state = .partiallyCompleted
        case (.refuse, _) where state.isOpen: next.state = .refused
        case (.cancel, _) where state.isOpen: next.state = .cancelled
        // Who asked for it has got it; nothing else can be answered about somebody who is forgotten.
        case (.orderErasure, _) where state.isOpen:
            next.state = kind.effect == .erasure ? .inProgress : .cancelled
        case (.finishErasure, .inProgress) where kind.effect == .erasure: next.state = .completed
        default: throw .notFrom(state)
        }
        return next
    }

    private func checkReasons(of step: DSRStep) throws(DSRRefusal) {
        switch step {
        case .completePartially(let given), .refuse(let given):
            guard (1...Self.mostReasons).contains(given.count), Set(given).count == given.count
            else { throw .reasonsMissing }
        default: break
        }
        for reason in step.reasons where !reason.permits(step, of: kind) {
            throw .reasonDoesNotFit(reason)
        }
    }

    /// Of a refusal or a partial answer.
    public static let mostReasons = 8
}
