/// Why a request is not, or not wholly, or not yet answered. Coded: it stands in clear and survives an erasure.
public enum DSRReason: String, Sendable, CaseIterable {
    /// The requests are complex (Article 12(3)); or it is reasonably necessary (§ 1798.130(a)(2)(A)).
    case complexity = "COMPLEXITY"
    /// There are many of them (Article 12(3)).
    case numberOfRequests = "NUMBER_OF_REQUESTS"

    /// Article 12(2) and (6); § 1798.130(a)(7).
    case identityNotEstablished = "IDENTITY_NOT_ESTABLISHED"
    /// Article 12(5); § 1798.145(h)(3).
    case manifestlyUnfounded = "MANIFESTLY_UNFOUNDED"
    /// Article 12(5); § 1798.145(h)(3).
    case excessive = "EXCESSIVE"
    /// Articles 15(4) and 20(4).
    case rightsOfOthers = "RIGHTS_OF_OTHERS"
    /// What is to be corrected is right as it is (Article 16; § 1798.106).
    case accurate = "ACCURATE"
    /// None of Article 18(1) (a) to (d) applies.
    case noGroundForRestriction = "NO_GROUND_FOR_RESTRICTION"
    /// Processed on another basis than consent or contract (Article 20(1)).
    case notPortable = "NOT_PORTABLE"
    /// Compelling legitimate grounds override (Article 21(1)).
    case compellingGrounds = "COMPELLING_GROUNDS"

    /// Article 17(3)(a): freedom of expression and information.
    case freedomOfExpression = "ART17_3A_EXPRESSION"
    /// Article 17(3)(b): a legal obligation, or a task in the public interest.
    case legalObligation = "ART17_3B_LEGAL_OBLIGATION"
    /// Article 17(3)(c)
    case publicHealth = "ART17_3C_PUBLIC_HEALTH"
    /// Article 17(3)(d): archiving, research, statistics.
    case archiving = "ART17_3D_ARCHIVING"
    /// Article 17(3)(e): legal claims.
    case legalClaims = "ART17_3E_LEGAL_CLAIMS"
    /// A court or an authority has the data held.
    case legalHold = "LEGAL_HOLD"
    /// § 1798.105(d)
    case ccpaException = "CCPA_1798_105_D"

    /// By whoever made it.
    case withdrawn = "WITHDRAWN"
    /// The same is asked in another one.
    case duplicate = "DUPLICATE"

    /// Whether it is one to take a step for, of a request of this kind.
    public func permits(_ step: DSRStep, of kind: DSRKind) -> Bool {
        switch step {
        case .extend: self == .complexity || self == .numberOfRequests
        case .cancel: self == .withdrawn || self == .duplicate
        case .refuse: isAgainstWhoeverAsks || withholds(kind)
        // What restricts or objects in part would restrict nothing: it is granted, or refused, and filed as two where it is both.
        case .completePartially:
            kind.effect != .restriction && kind.effect != .objection && withholds(kind)
        case .verifyIdentity, .start, .complete, .orderErasure, .finishErasure: false
        }
    }

    private var isAgainstWhoeverAsks: Bool {
        self == .identityNotEstablished || self == .manifestlyUnfounded || self == .excessive
    }

    /// Whether it stands against what is asked for, or a part of it.
    private func withholds(_ kind: DSRKind) -> Bool {
        switch self {
        case .rightsOfOthers: kind.effect == .disclosure
        case .notPortable: kind == .portability
        case .accurate: kind.effect == .correction
        case .noGroundForRestriction: kind == .restrict
        case .compellingGrounds: kind == .object
        case .freedomOfExpression, .legalObligation, .publicHealth, .archiving, .legalClaims:
            kind == .delete
        case .legalHold: kind.effect == .erasure
        case .ccpaException: kind == .ccpaDelete
        case .complexity, .numberOfRequests, .identityNotEstablished, .manifestlyUnfounded,
            .excessive, .withdrawn, .duplicate:
            false
        }
    }
}
