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
        let answer = lhs.utf8.withContiguousStorageIfAvailable { left in
            rhs.utf8.withContiguousStorageIfAvailable { right in
                left.count == right.count && left.elementsEqual(right)
            }
        }
        return (answer ?? nil) ?? lhs.utf8.elementsEqual(rhs.utf8)
    }
}
