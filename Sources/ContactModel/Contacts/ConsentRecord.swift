/// A consent or other legal basis, as its entries tell of it.
public struct ConsentRecord: Hashable, Sendable {
    public let id: String
    public let consentType: String
    public let legalBasis: String
    public let purposeCodes: [String]
    public let grantedAt: String
    public var revokedAt: String?
    public let terms: ConsentTerms
    /// Field `evidenceRef`, entity `id`.
    public let evidence: EncryptedValue?
    /// The label that `evidence` is bound to.
    public let label: String

    public init(
        id: String, consentType: String, legalBasis: String, purposeCodes: [String],
        grantedAt: String, revokedAt: String?, terms: ConsentTerms, evidence: EncryptedValue?,
        label: String
    ) {
        self.id = id
        self.consentType = consentType
        self.legalBasis = legalBasis
        self.purposeCodes = purposeCodes
        self.grantedAt = grantedAt
        self.revokedAt = revokedAt
        self.terms = terms
        self.evidence = evidence
        self.label = label
    }
}

extension ConsentRecord {
    public init(_ event: ConsentGranted, label: String) {
        self.init(
            id: event.consentId, consentType: event.consentType.rawValue,
            legalBasis: event.legalBasis.rawValue, purposeCodes: event.purposeCodes,
            grantedAt: event.grantedAt, revokedAt: nil, terms: event.terms,
            evidence: event.evidenceRef, label: label)
    }
}
