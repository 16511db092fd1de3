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
        text.withUnsafeBufferPointer(decode)
    }

    private static func decode(_ text: UnsafeBufferPointer<UInt8>) -> Data? {
        guard text.count % 4 == 0 else { return nil }
        let padding = text.suffix(2).count { $0 == pad }
        let count = text.count - padding
        var isGood = true
        let output = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3) { output, length in
            var word: UInt32 = 0
            for offset in 0..<count {
                let value = values[Int(text[offset])]
                if value > 63 { isGood = false }
                word = word << 6 | UInt32(value & 63)
                if offset & 3 == 3 {
                    output[length] = UInt8(truncatingIfNeeded: word >> 16)
                    output[length + 1] = UInt8(truncatingIfNeeded: word >> 8)
                    output[length + 2] = UInt8(truncatingIfNeeded: word)
                    length += 3
                }
            }
            switch (count & 3, padding) {
            case (0, 0): break
            case (3, 1):
                if word & 0b11 != 0 { isGood = false }
                output[length] = UInt8(truncatingIfNeeded: word >> 10)
                output[length + 1] = UInt8(truncatingIfNeeded: word >> 2)
                length += 2
            case (2, 2):
                if word & 0b1111 != 0 { isGood = false }
                output[length] = UInt8(truncatingIfNeeded: word >> 4)
                length += 1
            default: isGood = false
            }
        }
        return isGood ? Data(output) : nil
    }

    /// By letter; 255 for what is none.
    private static let values: [UInt8] = (UInt8.min...UInt8.max).map { letter in
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: 255
        }
    }
}
