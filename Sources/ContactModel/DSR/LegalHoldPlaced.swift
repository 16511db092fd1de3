public import Foundation

/// Somebody's data has to be kept: until it is released, or its time is over, no erasure of the contact is ordered.
public struct LegalHoldPlaced: LedgerEvent {
    public static let stream = "dsr"
    public static let type = "LegalHoldPlaced"

    /// UUID.
    public var holdId: String
    public var reason: LegalHoldReason
    /// 16 random bytes.
    public var salt: Data
    /// `Timestamp` text: in force before it; absent: until it is released.
    public var until: String?

    public init(holdId: String, reason: LegalHoldReason, salt: Data, until: String?) {
        self.holdId = holdId
        self.reason = reason
        self.salt = salt
        self.until = until
    }

    public func write(to payload: inout PayloadWriter) {
        payload.text("holdId", holdId)
        payload.text("reason", reason.rawValue)
        payload.binary("salt", salt)
        payload.text("until", until)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        holdId = try payload.text("holdId")
        reason = try payload.choice("reason", LegalHoldReason.self)
        salt = try payload.binary("salt")
        until = try payload.optionalText("until")
    }
}
