import Testing

@testable import ContactModel

@Suite struct NameWordsTests {
    @Test(arguments: [
        ("Jane Doe", ["jane", "doe"]), ("  JANE   doe\t", ["jane", "doe"]),
        ("Ångström-Müller, J.", ["angstrom", "muller", "j"]), ("O'Brien", ["o", "brien"]),
        ("José José", ["jose"]), ("ＪＡＮＥ", ["jane"]), ("Ὀδυσσεύς", ["οδυσσευσ"]),
        ("李小龍", ["李小龍"]), ("Jane 3rd", ["jane", "3rd"]), ("", []), ("--- ...", []),
        ("a b c d e f g h i j", ["a", "b", "c", "d", "e", "f", "g", "h"]),
    ])
    func aNameIsFoundByItsWords(name: String, words: [String]) {
        #expect(NameWords.words(of: name) == words)
    }

    /// One letter to a reader, 22 to the encoding, and longer than a word may be.
    @Test func noWordIsEmpty() {
        for count in 1...40 {
            let words = NameWords.words(of: String(repeating: "\u{1100}", count: count) + " Kim")
            #expect(words.count == 2 && words.allSatisfy { (1...64).contains($0.utf8.count) })
        }
    }

    @Test func aLongWordIsCut() {
        #expect(
            NameWords.words(of: String(repeating: "a", count: 100)) == [
                String(repeating: "a", count: 64)
            ])
        #expect(NameWords.words(of: String(repeating: "李", count: 100))[0].utf8.count == 63)
    }
}
