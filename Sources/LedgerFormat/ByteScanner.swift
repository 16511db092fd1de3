internal import Glibc

/// Walks bytes that must be exactly the expected text. Every step checks its bounds; a step that
/// fails leaves the position unspecified, since callers give up at the first one.
struct ByteScanner {
    let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    // Inlined, so that comparing with a literal is a few words and no call.
    @inline(__always)
    mutating func skip(_ literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard bytes.count - position >= count, let start = bytes.baseAddress,
            memcmp(start + position, literal.utf8Start, count) == 0
        else { return false }
        position += count
        return true
    }

    @inline(__always)
    mutating func skip(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    /// A decimal integer without sign or leading zeros, at most 2^53 − 1.
    mutating func integer() -> UInt64? {
        let start = position
        var value: UInt64 = 0
        while let byte = next, (0x30...0x39).contains(byte) {
            // Sixteen digits stay below 10^16 and cannot overflow.
            guard position - start < 16 else { return nil }
            value = value * 10 + UInt64(byte - 0x30)
            position += 1
        }
        let digits = position - start
        guard digits > 0, digits == 1 || bytes[start] != 0x30, value <= LedgerLimits.maxInteger
        else { return nil }
        return value
    }

    /// The `count` bytes between two quotes, whatever they are; nothing is consumed where they do not stand so.
    @inline(__always)
    mutating func quoted(count: Int) -> UnsafeRawBufferPointer? {
        let end = position + count + 1
        guard end < bytes.count, bytes[position] == 0x22, bytes[end] == 0x22 else { return nil }
        let text = UnsafeRawBufferPointer(rebasing: bytes[position + 1..<end])
        position = end + 1
        return text
    }

    /// What stands between here and a closing quote: printable ASCII that needs no escape. The
    /// opening quote is consumed already, the closing one is consumed.
    mutating func plainText(atMost limit: Int) -> UnsafeRawBufferPointer? {
        let start = position
        while let byte = next {
            if byte == 0x22 {
                let text = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
                position += 1
                return text
            }
            guard (0x20...0x7E).contains(byte), byte != 0x5C, position - start < limit else {
                return nil
            }
            position += 1
        }
        return nil
    }
}
