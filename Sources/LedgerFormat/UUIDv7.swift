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
        for (at, byte) in bytes.enumerated() {
            if at == 8 || at == 13 || at == 18 || at == 23 {
                guard byte == 0x2D else { return false }
            } else if LowerHex.value(byte) == nil {
                return false
            }
        }
        return true
    }
}
