public import Foundation

/// A person asks for what is theirs by right: the request, from which its time runs.
public struct DSRReceived: LedgerEvent {
    public static let stream = "dsr"
    public static let type = "DSRReceived"

    public var channel: DSRChannel
    /// Text of a `Jurisdiction`.
    public var jurisdiction: String
    public var kind: DSRKind
    /// What an objection is about; empty for all other kinds.
    public var purposeCodes: [String]
    /// `Timestamp` text: when the controller got it.
    public var receivedAt: String
    /// UUID, which entries and answers name the request by.
    public var requestId: String
    /// 16 random bytes.
    public var salt: Data
    /// Field `words`, entity `requestId`.
    public var words: EncryptedValue?

    public init(
        channel: DSRChannel, jurisdiction: String, kind: DSRKind, purposeCodes: [String],
        receivedAt: String, requestId: String, salt: Data, words: EncryptedValue? = nil
    ) {
        self.channel = channel
        self.jurisdiction = jurisdiction
        self.kind = kind
        self.purposeCodes = purposeCodes
        self.receivedAt = receivedAt
        self.requestId = requestId
        self.salt = salt
        self.words = words
    }

    public func write(to payload: inout PayloadWriter) {
        payload.text("channel", channel.rawValue)
        payload.text("jurisdiction", jurisdiction)
        payload.text("kind", kind.rawValue)
        payload.texts("purposeCodes", purposeCodes)
        payload.text("receivedAt", receivedAt)
        payload.text("requestId", requestId)
        payload.binary("salt", salt)
        payload.sealed("words", words)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        channel = try payload.choice("channel", DSRChannel.self)
        jurisdiction = try payload.text("jurisdiction")
        kind = try payload.choice("kind", DSRKind.self)
        purposeCodes = try payload.texts("purposeCodes")
        receivedAt = try payload.text("receivedAt")
        requestId = try payload.text("requestId")
        salt = try payload.binary("salt")
        words = try payload.optionalSealed("words")
    }
}
