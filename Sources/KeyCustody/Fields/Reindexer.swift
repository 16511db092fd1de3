import LedgerFormat

/// For a rebuild of `views/`: turns ciphertext into what the projections need and no further. Plaintext
/// never leaves; of the fields only `email`, `fullName` and `contactId` are read at all.
public struct Reindexer: Sendable {
    private let cipher: FieldCipher
    private let index: BlindIndex

    init(cipher: FieldCipher, index: BlindIndex) {
        self.cipher = cipher
        self.index = index
    }

    /// One result per value, in the order given.
    /// - Throws: `KeyCustodyError.invalid` for any other field; `.unavailable`.
    public func reindex(_ values: [BoundValue]) async throws(KeyCustodyError) -> [ReindexedValue] {
        for value in values
        where !["email", "fullName", "contactId"].contains(value.binding.field) {
            throw KeyCustodyError(
                .invalid, "only email, fullName and contactId are read for a rebuild")
        }
        let plain = try await cipher.decrypt(values)
        return zip(values, plain).map { value, plain in
            switch plain {
            case .unreadable: .unreadable
            case .corrupt(let error): .corrupt(error)
            case .plaintext(let bytes):
                switch value.binding.field {
                case "email": email(bytes)
                case "fullName": .words(index.words(of: String(decoding: bytes, as: UTF8.self)))
                default: contactID(bytes)
                }
            }
        }
    }

    /// The plaintext of `email` is the canonical form, which is what is indexed.
    private func email(_ bytes: [UInt8]) -> ReindexedValue {
        do throws(KeyCustodyError) {
            return .indexValue(try index.value(field: "email", canonical: bytes))
        } catch {
            return .corrupt(KeyCustodyError(.corrupt, "a stored email is no value to index"))
        }
    }

    /// The plaintext of `contactId` is the UUID's 16 bytes.
    private func contactID(_ bytes: [UInt8]) -> ReindexedValue {
        bytes.count == 16
            ? .contactID(bytes)
            : .corrupt(KeyCustodyError(.corrupt, "a stored contact id has not 16 bytes"))
    }
}
