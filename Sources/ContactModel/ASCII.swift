/// Byte classes of the small ASCII grammars (`[a-z0-9_]{1,64}` and such).
enum ASCII {
    static func isAll(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }

    static func isLower(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7A }
    static func isUpper(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5A }
    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLower(byte) || isUpper(byte) || isDigit(byte)
    }

    /// Whether `text` is 1…`max` bytes, all of them of the class.
    static func matches(_ text: String, max: Int, _ isMember: (UInt8) -> Bool) -> Bool {
        let count = text.utf8.count
        return count >= 1 && count <= max && text.utf8.allSatisfy(isMember)
    }
}
