/// A consent to be recorded, validated.
public struct ConsentDraft: Hashable, Sendable {
    public let consentType: ConsentType
    public let legalBasis: LegalBasis
    /// 1…32.
    public let purposes: [PurposeCode]
    /// Nil: when it is accepted.
    public let grantedAt: Timestamp?
    public let terms: ConsentTerms
    public let evidence: EvidenceReference?

    public init(
        consentType: ConsentType, legalBasis: LegalBasis, purposes: [PurposeCode],
        grantedAt: Timestamp?, terms: ConsentTerms = ConsentTerms(),
        evidence: EvidenceReference? = nil
    ) {
        self.consentType = consentType
        self.legalBasis = legalBasis
        self.purposes = purposes
        self.grantedAt = grantedAt
        self.terms = terms
        self.evidence = evidence
    }
}
