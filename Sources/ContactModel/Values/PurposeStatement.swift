/// What a data subject, or the law, says about some purposes: one consent, opt-out or other legal basis.
public struct PurposeStatement: Sendable {
    public let consentType: ConsentType
    /// Codes, of which each stands for its kinds too.
    public let purposes: [String]
    /// `Timestamp` text, whose order is that of time.
    public let grantedAt: String
    public let isRevoked: Bool
    /// The person's own word (Article 6(1)(a) GDPR), which alone ends what they objected to.
    public let isConsent: Bool
    private let isObjection: Bool

    public init(
        consentType: ConsentType, purposes: [String], grantedAt: String, isRevoked: Bool = false,
        isConsent: Bool = false
    ) {
        self.consentType = consentType
        self.purposes = purposes
        self.grantedAt = grantedAt
        self.isRevoked = isRevoked
        self.isConsent = isConsent
        isObjection = false
    }

    /// What a person objected to (Article 21): out of bounds for every basis but a later consent of theirs.
    public init(objectionTo purposes: [String], at time: String) {
        consentType = .optOut
        self.purposes = purposes
        grantedAt = time
        isRevoked = false
        isConsent = false
        isObjection = true
    }

    /// Whether it counts behind these.
    fileprivate func outlives(_ objections: [PurposeStatement]) -> Bool {
        objections.allSatisfy { objection in
            grantedAt > objection.grantedAt && (isConsent || !objection.isObjection)
        }
    }

    fileprivate func concerns(_ purpose: PurposeCode) -> Bool {
        purposes.contains { PurposeTaxonomy.includes($0, purpose.text) }
    }
}

extension [PurposeStatement] {
    /// Whether data may be used for `purpose`: something in force allows it, and no opt-out came at the same time or later. What was objected
    /// to only a later consent allows.
    public func cover(_ purpose: PurposeCode) -> Bool {
        let concerned = filter { !$0.isRevoked && $0.concerns(purpose) }
        let objections = concerned.filter { $0.consentType == .optOut }
        return concerned.contains { $0.consentType != .optOut && $0.outlives(objections) }
    }
}
