// Hexadecimal as this format writes it: lower case only, two digits a byte, nothing else.

public import FoundationEssentials

public enum LowerHex {
    public static func encode(_ bytes: some ContiguousBytes) -> String {
        bytes.reading { buffer in
            String(unsafeUninitializedCapacity: buffer.count * 2) { out in
                write(buffer, to: UnsafeMutableRawBufferPointer(out))
                return buffer.count * 2
            }
        }
    }

    /// - Returns: nil unless `text` is an even number of the digits `0-9a-f`.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let digits = Array(text.utf8)
        return digits.withUnsafeBytes { decode($0) }
    }

    static func decode(_ digits: UnsafeRawBufferPointer) -> [UInt8]? {
        guard digits.count.isMultiple(of: 2) else { return nil }
        var out = [UInt8](repeating: 0, count: digits.count / 2)
        return out.withUnsafeMutableBytes { decode(digits, to: $0) } ? out : nil
    }

    /// Fills `out` exactly; false, with `out` unspecified, for other lengths and other characters.
    static func decode(_ digits: UnsafeRawBufferPointer, to out: UnsafeMutableRawBufferPointer)
        -> Bool
    {
        guard digits.count == out.count * 2 else { return false }
        var at = 0
        // Eight digits at once: every header that is verified has twenty times as many.
        while out.count - at >= 4 {
            let word = digits.loadUnaligned(fromByteOffset: 2 * at, as: UInt64.self)
            guard let bytes = eight(UInt64(littleEndian: word)) else { return false }
            out.storeBytes(of: bytes.littleEndian, toByteOffset: at, as: UInt32.self)
            at += 4
        }
        while at < out.count {
            guard let high = value(digits[2 * at]), let low = value(digits[2 * at + 1]) else {
                return false
            }
            out[at] = high << 4 | low
            at += 1
        }
        return true
    }

    /// Four bytes of eight digits, the first digit in the lowest byte of both; nil for other characters.
    @inline(__always)
    static func eight(_ text: UInt64) -> UInt32? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let low = text & (0x0F * ones)
        // 1 in every byte that may be one of a–f: those have the bit 0x40, digits do not.
        let letters = text >> 6 & ones
        // No sum of two bytes carries into the next: each stays below 0x100.
        let isTooLarge = (low &+ 0x76 * ones &+ 3 * letters) & (0x80 * ones)
        let isNotZero = (low &+ 0x7F * ones) >> 7 & ones
        guard low &+ 0x30 * ones &+ 0x30 * letters == text, isTooLarge == 0,
            letters & ~isNotZero == 0
        else { return nil }
        let nibbles = low &+ 9 * letters
        var bytes = (nibbles << 4 | nibbles >> 8) & 0x00FF_00FF_00FF_00FF
        bytes = (bytes | bytes >> 8) & 0x0000_FFFF_0000_FFFF
        return UInt32(truncatingIfNeeded: bytes | bytes >> 16)
    }

    /// `out` must hold two bytes for each of `bytes`.
    static func write(_ bytes: UnsafeRawBufferPointer, to out: UnsafeMutableRawBufferPointer) {
        var at = 0
        while bytes.count - at >= 4 {
            let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)
            out.storeBytes(
                of: digits(UInt32(littleEndian: word)).littleEndian, toByteOffset: 2 * at,
                as: UInt64.self)
            at += 4
        }
        while at < bytes.count {
            out[2 * at] = digit(bytes[at] >> 4)
            out[2 * at + 1] = digit(bytes[at] & 0x0F)
            at += 1
        }
    }

    /// The eight digits of four bytes, the first in the lowest byte of both.
    @inline(__always)
    private static func digits(_ bytes: UInt32) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var spread = UInt64(bytes)
        spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF
        spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF
        let nibbles = spread >> 4 & 0x000F_000F_000F_000F | (spread & 0x000F_000F_000F_000F) << 8
        // 1 in every byte above nine: those are the letters.
        let letters = (nibbles &+ 0x76 * ones) >> 7 & ones
        return nibbles &+ 0x30 * ones &+ 0x27 &* letters
    }

    @inline(__always)
    static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x57 + value
    }

    @inline(__always)
    static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }
}
