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
}
