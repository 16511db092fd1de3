/// What a data subject, or the law, says about some purposes: one consent, opt-out or other legal basis.
public struct PurposeStatement: Sendable {
    public let consentType: ConsentType
    /// Codes, of which each stands for its kinds too.
    public let purposes: [String]
    /// `Timestamp` text, whose order is that of time.
    public let grantedAt: String
    public let isRevoked: Bool

    public init(
        consentType: ConsentType, purposes: [String], grantedAt: String, isRevoked: Bool = false
    ) {
        self.consentType = consentType
        self.purposes = purposes
        self.grantedAt = grantedAt
        self.isRevoked = isRevoked
    }

    fileprivate func concerns(_ purpose: PurposeCode) -> Bool {
        purposes.contains { PurposeTaxonomy.includes($0, purpose.text) }
    }
}

extension [PurposeStatement] {
    /// Whether data may be used for `purpose`: something in force allows it, and no opt-out came at the same time or later.
    public func cover(_ purpose: PurposeCode) -> Bool {
        let concerned = filter { !$0.isRevoked && $0.concerns(purpose) }
        let objected = concerned.filter { $0.consentType == .optOut }.map(\.grantedAt).max()
        return concerned.contains { statement in
            guard statement.consentType != .optOut else { return false }
            return objected.map { statement.grantedAt > $0 } ?? true
        }
    }
}
