import Crypto
import LedgerFormat

/// What was found for the subjects of a batch: a key, or a row that does not open. Neither: no row.
struct SubjectKeyring: Sendable {
    private(set) var found: [SubjectTag: Result<SymmetricKey, KeyCustodyError>] = [:]

    subscript(tag: SubjectTag) -> Result<SymmetricKey, KeyCustodyError>? {
        get { found[tag] }
        set { found[tag] = newValue }
    }

    /// - Returns: `KeyCustodyError.notFound` for a subject without a row, `.corrupt` for one whose row does
    ///   not open.
    func key(of tag: SubjectTag) -> Result<SymmetricKey, KeyCustodyError> {
        found[tag]
            ?? .failure(
                KeyCustodyError(
                    .notFound,
                    "subject \(tag.hex) has no key: it was never created or was erased"))
    }

    mutating func merge(_ other: SubjectKeyring) {
        found.merge(other.found) { $1 }
    }
}
