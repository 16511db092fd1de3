public import FoundationEssentials

/// A SHA-256 value: 32 bytes held in place, without a heap allocation. A hash of any other length
/// cannot exist as this type, which is how every proof check insists on 32 bytes.
public struct Digest32: Hashable, Sendable, Comparable {
    // The 32 bytes in memory order; `withUnsafeBytes` reads the struct itself.
    private let word0: UInt64
    private let word1: UInt64
    private let word2: UInt64
    private let word3: UInt64

    public static let byteCount = 32
    /// 32 zero bytes. No hash of anything known; use it as a placeholder, never as a default.
    public static let zero = Digest32(words: 0, 0, 0, 0)

    private init(words word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
        self.word0 = word0
        self.word1 = word1
        self.word2 = word2
        self.word3 = word3
    }

    /// - Returns: nil unless `bytes` has exactly 32 bytes.
    public init?(_ bytes: some ContiguousBytes) {
        guard let value = bytes.reading({ Digest32(buffer: $0) }) else { return nil }
        self = value
    }

    /// As above, of bytes in place: what is read by the thousand, which a generic call would double.
    public init?(buffer: UnsafeRawBufferPointer) {
        guard buffer.count == Self.byteCount else { return nil }
        word0 = buffer.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
        word1 = buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        word2 = buffer.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        word3 = buffer.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    }

    /// Reads the 64 digits in place: part of every header that is verified.
    init?(hexDigits: UnsafeRawBufferPointer) {
        var value = Digest32(words: 0, 0, 0, 0)
        guard
            withUnsafeMutableBytes(of: &value, { LowerHex.decode(hexDigits, to: $0) })
        else { return nil }
        self = value
    }

    /// - Returns: nil unless `hex` is 64 lower-case hexadecimal digits.
    public init?(hex: some StringProtocol) {
        guard let bytes = LowerHex.decode(hex) else { return nil }
        self.init(bytes)
    }

    /// - Returns: nil unless `base64` is the one base64 encoding of 32 bytes.
    public init?(base64: some StringProtocol) {
        guard let bytes = StrictBase64.decode(base64) else { return nil }
        self.init(bytes)
    }

    public var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
    public var data: Data { withUnsafeBytes { Data($0) } }
    public var hex: String { LowerHex.encode(self) }
    public var base64: String { withUnsafeBytes { StrictBase64.encode($0) } }

    /// Order of the bytes, as of their hexadecimal text.
    public static func < (left: Digest32, right: Digest32) -> Bool {
        if left.word0 != right.word0 { return left.word0.bigEndian < right.word0.bigEndian }
        if left.word1 != right.word1 { return left.word1.bigEndian < right.word1.bigEndian }
        if left.word2 != right.word2 { return left.word2.bigEndian < right.word2.bigEndian }
        return left.word3.bigEndian < right.word3.bigEndian
    }
}

extension Digest32: ContiguousBytes {
    public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try Swift.withUnsafeBytes(of: self, body)
    }
}

extension Digest32: CustomStringConvertible {
    public var description: String { hex }
}
