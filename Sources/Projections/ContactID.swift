public import Foundation

/// The 16 bytes of a contact's UUIDv4, as they stand in views and on the wire.
public struct ContactID: Hashable, Sendable {
    // In memory order, without a heap allocation; `withUnsafeBytes` reads the struct itself.
    private let word0: UInt64
    private let word1: UInt64

    /// - Returns: nil unless there are exactly 16 bytes.
    public init?(_ bytes: some ContiguousBytes) {
        let words = bytes.withUnsafeBytes { bytes -> (UInt64, UInt64)? in
            guard bytes.count == 16 else { return nil }
            return (
                bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            )
        }
        guard let words else { return nil }
        (word0, word1) = words
    }

    public var bytes: Data { withUnsafeBytes { Data($0) } }
}

extension ContactID: ContiguousBytes {
    public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try Swift.withUnsafeBytes(of: self, body)
    }
}
