import Foundation

/// RFC 4648 section 4, with padding and with zero trailing bits (FORMAT): one spelling per value.
enum Base64 {
    private static let pad = UInt8(ascii: "=")

    static func append(_ data: Data, to output: inout [UInt8]) {
        var word: UInt32 = 0
        var count = 0
        data.withUnsafeBytes { bytes in
            for byte in bytes {
                word = word << 8 | UInt32(byte)
                count += 1
                if count == 3 {
                    appendQuad(word, to: &output)
                    word = 0
                    count = 0
                }
            }
        }
        guard count > 0 else { return }
        appendQuad(word << (count == 1 ? 16 : 8), to: &output)
        output[output.count - 1] = pad
        if count == 1 { output[output.count - 2] = pad }
    }

    private static func appendQuad(_ word: UInt32, to output: inout [UInt8]) {
        output.append(letter(word >> 18))
        output.append(letter(word >> 12))
        output.append(letter(word >> 6))
        output.append(letter(word))
    }

    /// Of the lowest six bits.
    private static func letter(_ word: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: word & 63)
        return switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }

    /// Nil for any other spelling.
    static func decode(_ text: ArraySlice<UInt8>) -> Data? {
        guard text.count % 4 == 0 else { return nil }
        let padding = text.suffix(2).count { $0 == pad }
        var output = Data(capacity: text.count / 4 * 3)
        var word: UInt32 = 0
        var count = 0
        for byte in text.dropLast(padding) {
            guard let value = value(byte) else { return nil }
            word = word << 6 | value
            count += 1
            if count == 4 {
                output.append(UInt8(truncatingIfNeeded: word >> 16))
                output.append(UInt8(truncatingIfNeeded: word >> 8))
                output.append(UInt8(truncatingIfNeeded: word))
                word = 0
                count = 0
            }
        }
        switch (count, padding) {
        case (0, 0): break
        case (3, 1):
            guard word & 0b11 == 0 else { return nil }
            output.append(UInt8(truncatingIfNeeded: word >> 10))
            output.append(UInt8(truncatingIfNeeded: word >> 2))
        case (2, 2):
            guard word & 0b1111 == 0 else { return nil }
            output.append(UInt8(truncatingIfNeeded: word >> 4))
        default: return nil
        }
        return output
    }

    private static func value(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
