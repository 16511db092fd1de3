// RFC 4648 section 4, one text per value: padding is demanded, the unused bits of the last digit are
// zero, nothing else (no white space, no URL alphabet) is read. Foundation's decoder accepts non-zero
// trailing bits, so two texts would give the same bytes; signatures and hashes must not have twins.

public import FoundationEssentials

public enum StrictBase64 {
    private static let alphabet: [UInt8] = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let pad: UInt8 = 0x3D

    public static func encode(_ bytes: some ContiguousBytes) -> String {
        bytes.reading { encode($0) }
    }

    /// - Returns: nil unless `text` is the one encoding of some bytes.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let digits = Array(text.utf8)
        return digits.withUnsafeBytes { decode($0) }
    }

    static func encode(_ bytes: UnsafeRawBufferPointer) -> String {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        for at in stride(from: 0, to: bytes.count, by: 3) {
            let left = min(3, bytes.count - at)
            let first = UInt32(bytes[at]) << 16
            let second = left > 1 ? UInt32(bytes[at + 1]) << 8 : 0
            let third = left > 2 ? UInt32(bytes[at + 2]) : 0
            let group = first | second | third
            out.append(alphabet[Int(group >> 18)])
            out.append(alphabet[Int(group >> 12 & 0x3F)])
            out.append(left > 1 ? alphabet[Int(group >> 6 & 0x3F)] : pad)
            out.append(left > 2 ? alphabet[Int(group & 0x3F)] : pad)
        }
        return String(decoding: out, as: UTF8.self)
    }

    static func decode(_ digits: UnsafeRawBufferPointer) -> [UInt8]? {
        guard digits.count.isMultiple(of: 4) else { return nil }
        guard let last = digits.last else { return [] }
        let padding = last != pad ? 0 : (digits[digits.count - 2] == pad ? 2 : 1)
        let significant = digits.count - padding
        var out: [UInt8] = []
        out.reserveCapacity(significant * 3 / 4)
        var bits: UInt32 = 0
        var held = 0
        for digit in digits.prefix(significant) {
            guard let value = value(digit) else { return nil }
            bits = bits << 6 | UInt32(value)
            held += 6
            if held >= 8 {
                held -= 8
                out.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
                bits &= (1 << UInt32(held)) - 1
            }
        }
        return bits == 0 ? out : nil
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x41...0x5A: digit - 0x41
        case 0x61...0x7A: digit - 0x61 + 26
        case 0x30...0x39: digit - 0x30 + 52
        case 0x2B: 62
        case 0x2F: 63
        default: nil
        }
    }
}
