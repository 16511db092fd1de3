public import Foundation

/// Whoever made a request is who it is about.
public struct DSRIdentityVerified: LedgerEvent {
    public static let stream = "dsr"
    public static let type = "DSRIdentityVerified"

    /// Where the evidence is kept: field `evidenceRef`, entity `requestId`.
    public var evidenceRef: EncryptedValue?
    public var method: IdentityCheck
    /// UUID, which entries and answers name the request by.
    public var requestId: String
    /// 16 random bytes.
    public var salt: Data

    public init(
        evidenceRef: EncryptedValue? = nil, method: IdentityCheck, requestId: String, salt: Data
    ) {
        self.evidenceRef = evidenceRef
        self.method = method
        self.requestId = requestId
        self.salt = salt
    }

    public func write(to payload: inout PayloadWriter) {
        payload.sealed("evidenceRef", evidenceRef)
        payload.text("method", method.rawValue)
        payload.text("requestId", requestId)
        payload.binary("salt", salt)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        evidenceRef = try payload.optionalSealed("evidenceRef")
        method = try payload.choice("method", IdentityCheck.self)
        requestId = try payload.text("requestId")
        salt = try payload.binary("salt")
    }
}
