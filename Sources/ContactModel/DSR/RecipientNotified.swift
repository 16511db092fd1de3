public import Foundation

/// Somebody who was to be told has been told (Article 19 GDPR): the word of whoever answers for it.
public struct RecipientNotified: LedgerEvent {
    public static let stream = "dsr"
    public static let type = "RecipientNotified"

    public var channel: NoticeChannel
    /// `Timestamp` text.
    public var notifiedAt: String
    /// As in the `RecipientNoticeQueued`.
    public var recipient: String
    /// As in the `RecipientNoticeQueued`.
    public var requestId: String
    /// 16 random bytes.
    public var salt: Data

    public init(
        channel: NoticeChannel, notifiedAt: String, recipient: String, requestId: String, salt: Data
    ) {
        self.channel = channel
        self.notifiedAt = notifiedAt
        self.recipient = recipient
        self.requestId = requestId
        self.salt = salt
    }

    public func write(to payload: inout PayloadWriter) {
        payload.text("channel", channel.rawValue)
        payload.text("notifiedAt", notifiedAt)
        payload.text("recipient", recipient)
        payload.text("requestId", requestId)
        payload.binary("salt", salt)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        channel = try payload.choice("channel", NoticeChannel.self)
        notifiedAt = try payload.text("notifiedAt")
        recipient = try payload.text("recipient")
        requestId = try payload.text("requestId")
        salt = try payload.binary("salt")
    }
}
