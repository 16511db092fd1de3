public import Foundation

/// A consent, or another legal basis, for purposes. Version 2 carries a record's fields of ISO/IEC TS 27560; version 1, in older ledgers,
/// has neither them nor `schemaVersion`, and reads as one that says nothing of them.
public struct ConsentGranted: LedgerEvent {
    public static let stream = "consent"
    public static let type = "ConsentGranted"

    /// Of the payload; absent in version 1.
    public static let schemaVersion = "ISO/IEC TS 27560:2023"

    public var consentId: String
    public var consentType: ConsentType
    /// Field `evidenceRef`, entity `consentId`.
    public var evidenceRef: EncryptedValue?
    /// `Timestamp` text.
    public var grantedAt: String
    public var legalBasis: LegalBasis
    public var purposeCodes: [String]
    /// 16 random bytes.
    public var salt: Data
    public var terms: ConsentTerms
    /// Nil: version 1.
    public var schemaVersion: String?

    public init(
        consentId: String, consentType: ConsentType, evidenceRef: EncryptedValue? = nil,
        grantedAt: String, legalBasis: LegalBasis, purposeCodes: [String], salt: Data,
        terms: ConsentTerms = ConsentTerms(), schemaVersion: String? = Self.schemaVersion
    ) {
        self.consentId = consentId
        self.consentType = consentType
        self.evidenceRef = evidenceRef
        self.grantedAt = grantedAt
        self.legalBasis = legalBasis
        self.purposeCodes = purposeCodes
        self.salt = salt
        self.terms = terms
        self.schemaVersion = schemaVersion
    }

    public func write(to payload: inout PayloadWriter) {
        payload.text("collectionMethod", terms.collectionMethod?.rawValue)
        payload.text("consentId", consentId)
        payload.text("consentType", consentType.rawValue)
        payload.text("controller", terms.controller)
        payload.sealed("evidenceRef", evidenceRef)
        payload.text("grantedAt", grantedAt)
        payload.text("jurisdiction", terms.jurisdiction)
        payload.text("language", terms.language)
        payload.text("legalBasis", legalBasis.rawValue)
        payload.text("noticeRef", terms.noticeRef)
        payload.texts("purposeCodes", purposeCodes)
        payload.binary("salt", salt)
        payload.text("schemaVersion", schemaVersion)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        terms = ConsentTerms()
        terms.collectionMethod = try payload.optionalChoice(
            "collectionMethod", CollectionMethod.self)
        consentId = try payload.text("consentId")
        consentType = try payload.choice("consentType", ConsentType.self)
        terms.controller = try payload.optionalText("controller")
        evidenceRef = try payload.optionalSealed("evidenceRef")
        grantedAt = try payload.text("grantedAt")
        terms.jurisdiction = try payload.optionalText("jurisdiction")
        terms.language = try payload.optionalText("language")
        legalBasis = try payload.choice("legalBasis", LegalBasis.self)
        terms.noticeRef = try payload.optionalText("noticeRef")
        purposeCodes = try payload.texts("purposeCodes")
        salt = try payload.binary("salt")
        schemaVersion = try payload.optionalText("schemaVersion")
    }
}
