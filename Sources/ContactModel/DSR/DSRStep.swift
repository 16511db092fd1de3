/// What takes a request from one state to the next.
public enum DSRStep: Sendable, Hashable {
    case verifyIdentity
    case start
    /// More time: once, for a reason, and before the time is over (Article 12(3) GDPR, § 1798.130(a)(2)(A) CCPA).
    case extend(DSRReason)
    case complete
    /// Done as far as it may be.
    case completePartially([DSRReason])
    case refuse([DSRReason])
    case cancel(DSRReason)
    /// Nobody's wish of this request: the person is being forgotten.
    case orderErasure
    /// The person is forgotten.
    case finishErasure

    /// Those that it is taken for.
    public var reasons: [DSRReason] {
        switch self {
        case .extend(let reason), .cancel(let reason): [reason]
        case .completePartially(let reasons), .refuse(let reasons): reasons
        case .verifyIdentity, .start, .complete, .orderErasure, .finishErasure: []
        }
    }
}
