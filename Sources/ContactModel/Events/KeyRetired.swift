public import Foundation

/// A signing key counts up to a tree size and no further; what it signed verifies forever.
public struct KeyRetired: LedgerEvent {
    public static let stream = "key"
    public static let type = "KeyRetired"

    public var keyId: String
    /// 16 random bytes.
    public var salt: Data
    public var untilSize: UInt64
    public var use: String

    public init(keyId: String, salt: Data, untilSize: UInt64, use: String) {
        self.keyId = keyId
        self.salt = salt
        self.untilSize = untilSize
        self.use = use
    }

    public func write(to payload: inout PayloadWriter) {
        payload.text("keyId", keyId)
        payload.binary("salt", salt)
        payload.integer("untilSize", untilSize)
        payload.text("use", use)
    }

    public init(from payload: inout PayloadReader) throws(PayloadError) {
        keyId = try payload.text("keyId")
        salt = try payload.binary("salt")
        untilSize = try payload.integer("untilSize")
        use = try payload.text("use")
    }
}
