public import Foundation

/// Somebody whom data was given has to be told that it was corrected, restricted or erased (Article 19 GDPR).
public struct RecipientNoticeQueued: LedgerEvent {
    public static let stream = "dsr"
    public static let type = "RecipientNoticeQueued"

    /// Recipients that are not queued beside it, because there are more than an order to erase has room for; absent: none.
    public var omitted: UInt64?
    /// The id of a system.
    public var recipient: String
    /// UUID of the request whose answer it is about; of an erasure that of the `ErasureOrdered` entry, its header's `id`.
    public var requestId: String
    /// 16 random bytes.
    public var salt: Data

    public init(omitted: UInt64? = nil, recipient: String, requestId: String, salt: Data) {
        self.omitted = omitted
        self.recipient = recipient
        self.requestId = requestId
        self.salt = salt
    }

    public func write(to payload: inout PayloadWriter) {
        if let omitted { payload.integer("omitted", omitted) }
        payload.text("recipient", recipient)
        payload.text("requestId", requestId)
        payload.binary("salt", salt)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        omitted = try payload.optionalInteger("omitted")
        recipient = try payload.text("recipient")
        requestId = try payload.text("requestId")
        salt = try payload.binary("salt")
    }
}
