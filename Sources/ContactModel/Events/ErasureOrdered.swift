public import Foundation

/// A person is to be forgotten: from here on their contact is gone, and the keeper may destroy their key.
public struct ErasureOrdered: LedgerEvent {
    public static let stream = "dsr"
    public static let type = "ErasureOrdered"

    /// Of the request that ordered it.
    public var requestId: String
    /// 16 random bytes.
    public var salt: Data
    /// The keeper's word that somebody who may has signed for it (FORMAT 9.4); absent in ledgers older than that.
    public var ticket: Data?

    public init(requestId: String, salt: Data, ticket: Data?) {
        self.requestId = requestId
        self.salt = salt
        self.ticket = ticket
    }

    public func write(to payload: inout PayloadWriter) {
        payload.text("requestId", requestId)
        payload.binary("salt", salt)
        payload.binary("ticket", ticket)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        requestId = try payload.text("requestId")
        salt = try payload.binary("salt")
        ticket = try payload.optionalBinary("ticket")
    }
}
