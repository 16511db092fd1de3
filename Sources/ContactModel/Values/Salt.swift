public import Foundation

/// 16 random bytes for a payload without ciphertext, so that its hash cannot be matched against guesses.
public enum Salt {
    public static let byteCount = 16

    public static func random() -> Data {
        var generator = SystemRandomNumberGenerator()
        var data = Data(capacity: byteCount)
        for _ in 0..<2 {
            let word: UInt64 = generator.next()
            withUnsafeBytes(of: word) { data.append(contentsOf: $0) }
        }
        return data
    }
}
