import Foundation

/// The words that a name is found by: whatever letters and digits stand together, without case, accents and width. `Ångström-Müller, J.`
/// is found by `angstrom`, `muller` and `j`.
public enum NameWords {
    /// Of a name, and of a search.
    public static let most = 8
    /// Longer ones are cut: the beginning finds them.
    static let bytes = 64

    /// At most ``most`` distinct words, in their order.
    public static func words(of text: String) -> [String] {
        var words: [String] = []
        for word in folded(text).unicodeScalars.split(whereSeparator: { !isPart($0) }) {
            let word = cut(String(String.UnicodeScalarView(word)))
            if !words.contains(word) { words.append(word) }
            if words.count == most { break }
        }
        return words
    }

    private static func folded(_ text: String) -> String {
        if ASCII.isAll(text) { return text.lowercased() }
        return text.folding(
            options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil
        ).precomposedStringWithCompatibilityMapping
    }

    private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return ASCII.isAlphanumeric(UInt8(truncatingIfNeeded: scalar.value)) }
        return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    /// Never empty: no scalar is as long as that.
    private static func cut(_ word: String) -> String {
        guard word.utf8.count > bytes else { return word }
        var short = String.UnicodeScalarView()
        var count = 0
        for scalar in word.unicodeScalars {
            count += UTF8.width(scalar)
            guard count <= bytes else { break }
            short.append(scalar)
        }
        return String(short)
    }
}
