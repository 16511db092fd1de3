public import Foundation

/// Somebody whom data was given has to be told that it was corrected or restricted (Article 19 GDPR).
public struct RecipientNoticeQueued: LedgerEvent {
    public static let stream = "dsr"
    public static let type = "RecipientNoticeQueued"

    /// The id of a system.
    public var recipient: String
    /// UUID of the request whose answer it is about.
    public var requestId: String
    /// 16 random bytes.
    public var salt: Data

    public init(recipient: String, requestId: String, salt: Data) {
        self.recipient = recipient
        self.requestId = requestId
        self.salt = salt
    }

    public func write(to payload: inout PayloadWriter) {
        payload.text("recipient", recipient)
        payload.text("requestId", requestId)
        payload.binary("salt", salt)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        recipient = try payload.text("recipient")
        requestId = try payload.text("requestId")
        salt = try payload.binary("salt")
    }
}
