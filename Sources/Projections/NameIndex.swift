import Foundation

/// What a name is found by: for each of its words two bytes of a keyed hash by the keeper.
public struct NameIndex: Hashable, Sendable {
    public static let mostWords = 8

    /// Each once.
    public let words: [UInt16]

    public init() { words = [] }

    /// - Parameter bytes: 2 for each word.
    /// - Returns: nil for half a word, or more than ``mostWords``.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count.isMultiple(of: 2), bytes.count <= 2 * Self.mostWords else { return nil }
        let bytes = Array(bytes)
        words = Set(
            stride(from: 0, to: bytes.count, by: 2).map { offset in
                UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
            }
        ).sorted()
    }

    var bytes: Data {
        Data(words.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] })
    }
}
