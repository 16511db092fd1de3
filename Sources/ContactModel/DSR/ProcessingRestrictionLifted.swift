public import Foundation

/// A restriction is over (Article 18(3) GDPR: its person was told before).
public struct ProcessingRestrictionLifted: LedgerEvent {
    public static let stream = "dsr"
    public static let type = "ProcessingRestrictionLifted"

    /// UUID of the request that had it restricted.
    public var requestId: String
    /// 16 random bytes.
    public var salt: Data

    public init(requestId: String, salt: Data) {
        self.requestId = requestId
        self.salt = salt
    }

    public func write(to payload: inout PayloadWriter) {
        payload.text("requestId", requestId)
        payload.binary("salt", salt)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        requestId = try payload.text("requestId")
        salt = try payload.binary("salt")
    }
}
