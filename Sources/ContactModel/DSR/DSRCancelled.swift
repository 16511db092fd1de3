public import Foundation

/// A request needs no answer any more.
public struct DSRCancelled: LedgerEvent {
    public static let stream = "dsr"
    public static let type = "DSRCancelled"

    public var reason: DSRReason
    /// UUID, which entries and answers name the request by.
    public var requestId: String
    /// 16 random bytes.
    public var salt: Data

    public init(reason: DSRReason, requestId: String, salt: Data) {
        self.reason = reason
        self.requestId = requestId
        self.salt = salt
    }

    public func write(to payload: inout PayloadWriter) {
        payload.text("reason", reason.rawValue)
        payload.text("requestId", requestId)
        payload.binary("salt", salt)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        reason = try payload.choice("reason", DSRReason.self)
        requestId = try payload.text("requestId")
        salt = try payload.binary("salt")
    }
}
