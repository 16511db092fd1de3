public import Foundation

/// Somebody works on a request.
public struct DSRStarted: LedgerEvent {
    public static let stream = "dsr"
    public static let type = "DSRStarted"

    /// UUID, which entries and answers name the request by.
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
