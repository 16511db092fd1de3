import ContactModel
import Crypto
import Foundation

/// Keyed hashes of canonical values, one key per field. They stand in `views/` only.
public struct BlindIndex: Sendable {
    private let keys: [String: SecretBytes]

    /// Of words of names.
    static let wordField = "nameWord"
    /// So little of a word's value that it stands for many words: what it finds is compared with the names themselves, and how
    /// often one occurs tells little of which it is.
    public static let wordBytes = 2

    init(keys: [String: SecretBytes]) {
        self.keys = keys
    }

    /// HMAC-SHA-256 under the field's key, 32 bytes; of a word the first ``wordBytes``.
    /// - Throws: `KeyCustodyError.invalid` for a field without an index or a value over the limit.
    public func value(field: String, canonical: [UInt8]) throws(KeyCustodyError) -> [UInt8] {
        guard let key = keys[field] else {
            throw KeyCustodyError(
                .invalid,
                "there is no index over this field; use: "
                    + keys.keys.sorted().joined(separator: ", "))
        }
        guard !canonical.isEmpty, canonical.count <= CustodyLimits.maxIndexInput else {
            throw KeyCustodyError(
                .invalid, "a value to index has 1 to \(CustodyLimits.maxIndexInput) bytes")
        }
        let code = HMAC<SHA256>.authenticationCode(for: canonical, using: key.transientKey())
        return Array(code.prefix(field == Self.wordField ? Self.wordBytes : 32))
    }

    /// What a name is found by, one after the other. Words that cannot be indexed are left out, here and whenever it is asked again: no name
    /// may stand in the way of a rebuild.
    public func words(of name: String) -> [UInt8] {
        NameWords.words(of: name).flatMap { word in
            (try? value(field: Self.wordField, canonical: Array(word.utf8))) ?? []
        }
    }
}
