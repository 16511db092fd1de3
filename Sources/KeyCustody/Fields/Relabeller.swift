public import ContactModel

/// Seals values anew under another label: same person, same key of theirs, today's day key. Plaintext stays here, and a call
/// whose reply is lost has changed nothing. Who may, is decided before by whoever serves the keeper's socket.
public struct Relabeller: Sendable {
    private let cipher: FieldCipher

    init(cipher: FieldCipher) {
        self.cipher = cipher
    }

    /// One result per value, in the order given; `.notFound` where the subject has no key any more, `.corrupt` for one that was
    /// altered or moved, or is bound to another label than stated.
    /// - Parameter label: a security label in text form.
    /// - Throws: `KeyCustodyError.invalid` for values of several subjects, or over a limit; `.unavailable`, `.corrupt`.
    public func relabel(
        _ values: [BoundValue], to label: String
    ) async throws(KeyCustodyError) -> [Result<EncryptedValue, KeyCustodyError>] {
        guard Set(values.map(\.binding.subject)).count <= 1 else {
            throw KeyCustodyError(.invalid, "values that are relabelled belong to one subject")
        }
        var opened: [PlainValue] = []
        var failures: [Int: KeyCustodyError] = [:]
        for (position, plain) in try await cipher.decrypt(values).enumerated() {
            let old = values[position].binding
            switch plain {
            case .plaintext(let bytes):
                let binding = try ValueBinding(
                    subject: old.subject, entity: old.entity, field: old.field, label: label)
                opened.append(PlainValue(binding: binding, plaintext: bytes, newSubject: false))
            case .unreadable: failures[position] = Self.noKey
            case .corrupt(let error): failures[position] = error
            }
        }
        var sealed = try await cipher.encrypt(opened).makeIterator()
        return values.indices.map { position in
            if let failure = failures[position] { return .failure(failure) }
            return sealed.next() ?? .failure(Self.noKey)
        }
    }

    private static let noKey = KeyCustodyError(.notFound, "the subject of this value has no key")
}
