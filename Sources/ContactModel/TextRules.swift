import Foundation

/// Normalization and the characters that free text may not hold.
enum TextRules {
    /// NFC, without white space at either end.
    ///
    /// - Returns: nil when the raw text is so long that no normalization could bring it within `max` bytes
    ///   (NFC shrinks UTF-8 by at most a factor of 3; the rest is white space nobody needs).
    static func normalized(_ raw: String, max: Int) -> String? {
        guard raw.utf8.count <= max * 4 else { return nil }
        // ASCII is in NFC already.
        if ASCII.isAll(raw) { return trimmedASCII(raw) }
        return trimmed(raw.precomposedStringWithCanonicalMapping)
    }

    /// White space of ASCII: tab to carriage return, and the blank.
    private static func trimmedASCII(_ text: String) -> String {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte >= 0x09 && byte <= 0x0D }
        guard let first = text.utf8.first, let last = text.utf8.last,
            isSpace(first) || isSpace(last)
        else { return text }
        return trimmed(text)
    }

    static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard
            let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }

    /// Whether a character of `text` is forbidden and not one of `exceptions`.
    static func holdsForbidden(_ text: String, but exceptions: [Unicode.Scalar] = []) -> Bool {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return false }
        return text.unicodeScalars.contains { isForbidden($0) && !exceptions.contains($0) }
    }

    /// Control characters, line and paragraph separators, and the bidirectional overrides that make text
    /// read differently from what it is. Joiners stay allowed: Persian and Indic names need them.
    static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: return true
        default: break
        }
        switch scalar.value {
        case 0x202A...0x202E, 0x2066...0x2069: return true
        default: return scalar.properties.isNoncharacterCodePoint
        }
    }
}
