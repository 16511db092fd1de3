import Foundation

/// Normalization and the characters that free text may not hold.
enum TextRules {
    /// NFC, without white space at either end.
    ///
    /// - Returns: nil when the raw text is so long that no normalization could bring it within `max` bytes
    ///   (NFC shrinks UTF-8 by at most a factor of 3; the rest is white space nobody needs).
    static func normalized(_ raw: String, max: Int) -> String? {
        guard raw.utf8.count <= max * 4 else { return nil }
        return trimmed(raw.precomposedStringWithCanonicalMapping)
    }

    static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard
            let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
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
