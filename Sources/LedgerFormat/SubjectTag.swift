public import FoundationEssentials

/// FORMAT 2.1, `subject`: 16 random bytes that stand for a person in headers. Nothing links a tag to
/// a person once the person's key is gone.
public struct SubjectTag: Hashable, Sendable, Comparable {
    // The 16 bytes in memory order; `withUnsafeBytes` reads the struct itself.
    @usableFromInline let word0: UInt64
    @usableFromInline let word1: UInt64

    public static let byteCount = 16
    /// 16 zero bytes: nobody's tag, a placeholder.
    public static let zero = SubjectTag(words: 0, 0)

    /// A new tag from the system's generator.
    public static func random() -> SubjectTag {
        var generator = SystemRandomNumberGenerator()
        return SubjectTag(words: generator.next(), generator.next())
    }

    private init(words word0: UInt64, _ word1: UInt64) {
        self.word0 = word0
        self.word1 = word1
    }

    /// - Returns: nil unless `bytes` has exactly 16 bytes.
    public init?(_ bytes: some ContiguousBytes) {
        guard let value = bytes.reading({ SubjectTag(buffer: $0) }) else { return nil }
        self = value
    }

    init?(buffer: UnsafeRawBufferPointer) {
        guard buffer.count == Self.byteCount else { return nil }
        word0 = buffer.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
        word1 = buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    }

    /// Reads the 32 digits in place: part of every header that is verified.
    init?(hexDigits: UnsafeRawBufferPointer) {
        var value = SubjectTag(words: 0, 0)
        guard
            withUnsafeMutableBytes(of: &value, { LowerHex.decode(hexDigits, to: $0) })
        else { return nil }
        self = value
    }

    /// - Returns: nil unless `hex` is 32 lower-case hexadecimal digits.
    public init?(hex: some StringProtocol) {
        guard let bytes = LowerHex.decode(hex) else { return nil }
        self.init(bytes)
    }

    /// - Returns: nil unless `base64` is the one base64 encoding of 16 bytes.
    public init?(base64: some StringProtocol) {
        guard let bytes = StrictBase64.decode(base64) else { return nil }
        self.init(bytes)
    }

    /// The 16 bytes as two words in memory order, for tables that hash many tags.
    @inlinable public var words: (UInt64, UInt64) { (word0, word1) }
    /// The byte that decides the order first.
    @inlinable public var firstByte: UInt8 { UInt8(truncatingIfNeeded: word0) }

    public var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
    public var data: Data { withUnsafeBytes { Data($0) } }
    public var hex: String { LowerHex.encode(self) }
    public var base64: String { withUnsafeBytes { StrictBase64.encode($0) } }

    /// Order of the bytes, which is the order of subject heads (FORMAT 5.2).
    public static func < (left: SubjectTag, right: SubjectTag) -> Bool {
        if left.word0 != right.word0 { return left.word0.bigEndian < right.word0.bigEndian }
        return left.word1.bigEndian < right.word1.bigEndian
    }
}

extension SubjectTag: ContiguousBytes {
    public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try Swift.withUnsafeBytes(of: self, body)
    }
}

extension SubjectTag: CustomStringConvertible {
    public var description: String { hex }
}
