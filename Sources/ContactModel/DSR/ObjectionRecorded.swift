public import Foundation

/// A person objects to purposes (Article 21 GDPR, §§ 1798.120 and 121 CCPA), or to automated merging (Article 22).
public struct ObjectionRecorded: LedgerEvent {
    public static let stream = "dsr"
    public static let type = "ObjectionRecorded"

    /// `Timestamp` text: when the request came.
    public var objectedAt: String
    /// Empty: to automated merging.
    public var purposeCodes: [String]
    /// UUID of the request that it answers.
    public var requestId: String
    /// 16 random bytes.
    public var salt: Data

    public init(objectedAt: String, purposeCodes: [String], requestId: String, salt: Data) {
        self.objectedAt = objectedAt
        self.purposeCodes = purposeCodes
        self.requestId = requestId
        self.salt = salt
    }

    public func write(to payload: inout PayloadWriter) {
        payload.text("objectedAt", objectedAt)
        payload.texts("purposeCodes", purposeCodes)
        payload.text("requestId", requestId)
        payload.binary("salt", salt)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        objectedAt = try payload.text("objectedAt")
        purposeCodes = try payload.texts("purposeCodes")
        requestId = try payload.text("requestId")
        salt = try payload.binary("salt")
    }
}
