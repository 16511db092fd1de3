// RFC 9562 section 5.7: 48 bits of Unix milliseconds, version 7, 12 random bits, variant 10,
// 62 random bits; as text 8-4-4-4-12 lower-case hexadecimal digits (36 characters).

/// Entry ids. They are unique, not ordered: order is the ledger's index.
public enum UUIDv7 {
    public static let textBytes = 36

    /// - Parameter words: 128 random bits, of which 74 are used.
    public static func make(time: LedgerTime, words: (UInt64, UInt64)) -> String {
        let milliseconds = UInt64(time.microsecondsSince1970) / 1_000
        let high = milliseconds << 16 | 0x7000 | (words.0 & 0x0FFF)
        let low = 0x8000_0000_0000_0000 | (words.1 & 0x3FFF_FFFF_FFFF_FFFF)
        return String(unsafeUninitializedCapacity: textBytes) { out in
            var at = 0
            for nibble in 0..<32 {
                if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
                    out[at] = 0x2D
                    at += 1
                }
                let word = nibble < 16 ? high : low
                let shift = UInt64(60 - 4 * (nibble & 15))
                out[at] = LowerHex.digit(UInt8(truncatingIfNeeded: word >> shift & 0xF))
                at += 1
            }
            return at
        }
    }

    /// Lower case, hyphens in place, version 7, variant 10.
    public static func isValid(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { isValid(UnsafeRawBufferPointer($0)) }
    }

    static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == textBytes, bytes[14] == 0x37 else { return false }
        switch bytes[19] {
        case 0x38, 0x39, 0x61, 0x62: break
        default: return false
        }
        guard bytes[8] == 0x2D, bytes[13] == 0x2D, bytes[18] == 0x2D, bytes[23] == 0x2D else {
            return false
        }
        // 8-4-4-4-12 digits, eight at a time.
        return areDigits(bytes, 0, 4) && areDigits(bytes, 9, 14) && areDigits(bytes, 19, 24)
            && areDigits(bytes, 28, 32)
    }

    /// Whether the four bytes from `first` and the four from `second` are hexadecimal digits.
    private static func areDigits(
        _ bytes: UnsafeRawBufferPointer, _ first: Int, _ second: Int
    ) -> Bool {
        let low = bytes.loadUnaligned(fromByteOffset: first, as: UInt32.self)
        let high = bytes.loadUnaligned(fromByteOffset: second, as: UInt32.self)
        return LowerHex.eight(UInt64(low) | UInt64(high) << 32) != nil
    }
}
