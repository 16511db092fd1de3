public import Foundation

/// A consent, or another legal basis, holds no more.
public struct ConsentRevoked: LedgerEvent {
    public static let stream = "consent"
    public static let type = "ConsentRevoked"

    public var consentId: String
    /// `Timestamp` text.
    public var revokedAt: String
    /// 16 random bytes.
    public var salt: Data

    public init(consentId: String, revokedAt: String, salt: Data) {
        self.consentId = consentId
        self.revokedAt = revokedAt
        self.salt = salt
    }

    public func write(to payload: inout PayloadWriter) {
        payload.text("consentId", consentId)
        payload.text("revokedAt", revokedAt)
        payload.binary("salt", salt)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        consentId = try payload.text("consentId")
        revokedAt = try payload.text("revokedAt")
        salt = try payload.binary("salt")
    }
}
