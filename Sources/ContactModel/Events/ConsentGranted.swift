public import Foundation

/// A consent, or another legal basis, for purposes.
public struct ConsentGranted: LedgerEvent {
    public static let stream = "consent"
    public static let type = "ConsentGranted"

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

    public init(
        consentId: String, consentType: ConsentType, evidenceRef: EncryptedValue? = nil,
        grantedAt: String, legalBasis: LegalBasis, purposeCodes: [String], salt: Data
    ) {
        self.consentId = consentId
        self.consentType = consentType
        self.evidenceRef = evidenceRef
        self.grantedAt = grantedAt
        self.legalBasis = legalBasis
        self.purposeCodes = purposeCodes
        self.salt = salt
    }

    public func write(to payload: inout PayloadWriter) {
        payload.text("consentId", consentId)
        payload.text("consentType", consentType.rawValue)
        payload.sealed("evidenceRef", evidenceRef)
        payload.text("grantedAt", grantedAt)
        payload.text("legalBasis", legalBasis.rawValue)
        payload.texts("purposeCodes", purposeCodes)
        payload.binary("salt", salt)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        consentId = try payload.text("consentId")
        consentType = try payload.choice("consentType", ConsentType.self)
        evidenceRef = try payload.optionalSealed("evidenceRef")
        grantedAt = try payload.text("grantedAt")
        legalBasis = try payload.choice("legalBasis", LegalBasis.self)
        purposeCodes = try payload.texts("purposeCodes")
        salt = try payload.binary("salt")
    }
}
