public import Foundation

/// A legal hold ends.
public struct LegalHoldReleased: LedgerEvent {
    public static let stream = "dsr"
    public static let type = "LegalHoldReleased"

    /// UUID of the `LegalHoldPlaced`.
    public var holdId: String
    /// 16 random bytes.
    public var salt: Data

    public init(holdId: String, salt: Data) {
        self.holdId = holdId
        self.salt = salt
    }

    public func write(to payload: inout PayloadWriter) {
        payload.text("holdId", holdId)
        payload.binary("salt", salt)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        holdId = try payload.text("holdId")
        salt = try payload.binary("salt")
    }
}
