import Glibc

/// A string that is compared by its UTF-8 bytes, as Cedar compares; Swift's own `==` takes composed and decomposed letters
/// for one. The hash is taken once, so that unequal texts mostly differ in one integer.
public struct PolicyText: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let string: String
    let digest: Int

    public init(_ string: String) {
        var string = string
        digest = string.withUTF8 { bytes in
            var hasher = Hasher()
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
            return hasher.finalize()
        }
        self.string = string
    }

    public init(stringLiteral value: String) { self.init(value) }

    public var description: String { string }

    public static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.digest == rhs.digest && sameBytes(lhs.string, rhs.string)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

    private static func sameBytes(_ lhs: String, _ rhs: String) -> Bool {
        // Every string here is native (made so by the initializer), so its bytes lie in one piece.
        let answer = lhs.utf8.withContiguousStorageIfAvailable { left in
            rhs.utf8.withContiguousStorageIfAvailable { right in
                guard left.count == right.count else { return false }
                guard let first = left.baseAddress, let second = right.baseAddress else {
                    return true
                }
                return memcmp(first, second, left.count) == 0
            }
        }
        return (answer ?? nil) ?? lhs.utf8.elementsEqual(rhs.utf8)
    }
}
