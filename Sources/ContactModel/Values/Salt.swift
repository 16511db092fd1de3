public import Foundation

/// 16 random bytes for a payload without ciphertext, so that its hash cannot be matched against guesses.
public enum Salt {
    public static let byteCount = 16

    public static func random() -> Data {
        withUnsafeBytes(of: RandomPool.pair()) { Data($0) }
    }
}
