/// A sharing to be recorded, validated as far as it can be without the contact.
public struct SharingDraft: Hashable, Sendable {
    public let recipient: Recipient
    public let purpose: PurposeCode
    public let legalBasis: LegalBasis
    /// 1…64.
    public let attributes: [SharedAttribute]
    public let sharedAt: Timestamp
    /// Nil: open. Otherwise later than `sharedAt`.
    public let expiresAt: Timestamp?

    /// - Throws: `ValidationError` with code `invalid-validity` when it would expire before it began.
    public init(
        recipient: Recipient, purpose: PurposeCode, legalBasis: LegalBasis,
        attributes: [SharedAttribute], sharedAt: Timestamp, expiresAt: Timestamp?
    ) throws(ValidationError) {
        if let expiresAt, expiresAt <= sharedAt {
            throw ValidationError(
                .invalidValidity, "expiresAt must be later than sharedAt.", pointer: "/expiresAt")
        }
        self.recipient = recipient
        self.purpose = purpose
        self.legalBasis = legalBasis
        self.attributes = attributes
        self.sharedAt = sharedAt
        self.expiresAt = expiresAt
    }

    /// Whether the contact has what is shared.
    ///
    /// - Throws: `ValidationError` with code `invalid-attributes`, pointing at the first that it has not.
    public func check(against held: Set<SharedAttribute>) throws(ValidationError) {
        for (index, attribute) in attributes.enumerated() where !held.contains(attribute) {
            throw ValidationError(
                .invalidAttributes,
                "The contact has no such attribute now, so it cannot be shared.",
                pointer: "/attributes/\(index)")
        }
    }

    /// Whether the legal basis that is named covers the purpose now: something of that basis is in force, and no opt-out, of whatever
    /// basis, came since.
    public func isCovered(by grounds: [LegalGround]) -> Bool {
        grounds.filter { $0.legalBasis == legalBasis || $0.statement.consentType == .optOut }
            .map(\.statement).cover(purpose)
    }
}

/// A consent, or what else is said of purposes, and under which letter of Article 6(1).
public struct LegalGround: Sendable {
    public let legalBasis: LegalBasis
    public let statement: PurposeStatement

    public init(legalBasis: LegalBasis, statement: PurposeStatement) {
        self.legalBasis = legalBasis
        self.statement = statement
    }
}
