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
        var out: [UInt8] = []
        out.reserveCapacity(digits.count / 2)
        for at in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[at]), let low = value(digits[at + 1]) else { return nil }
            out.append(high << 4 | low)
        }
        return out
    }

    /// Fills `out` exactly; false, with `out` unspecified, for other lengths and other characters.
    static func decode(_ digits: UnsafeRawBufferPointer, to out: UnsafeMutableRawBufferPointer)
        -> Bool
    {
        guard digits.count == out.count * 2 else { return false }
        for at in out.indices {
            guard let high = value(digits[2 * at]), let low = value(digits[2 * at + 1]) else {
                return false
            }
            out[at] = high << 4 | low
        }
        return true
    }

    /// `out` must hold two bytes for each of `bytes`.
    static func write(_ bytes: UnsafeRawBufferPointer, to out: UnsafeMutableRawBufferPointer) {
        var at = 0
        for byte in bytes {
            out[at] = digit(byte >> 4)
            out[at + 1] = digit(byte & 0x0F)
            at += 2
        }
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
