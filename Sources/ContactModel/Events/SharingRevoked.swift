public import Foundation

/// A sharing came to its end before its time. Of several for one sharing the first counts.
public struct SharingRevoked: LedgerEvent {
    public static let stream = "sharing"
    public static let type = "SharingRevoked"

    /// 16 random bytes.
    public var salt: Data
    /// Of the `SharingRecorded`.
    public var sharingId: String

    public init(salt: Data, sharingId: String) {
        self.salt = salt
        self.sharingId = sharingId
    }

    public func write(to payload: inout PayloadWriter) {
        payload.binary("salt", salt)
        payload.text("sharingId", sharingId)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        salt = try payload.binary("salt")
        sharingId = try payload.text("sharingId")
    }
}
