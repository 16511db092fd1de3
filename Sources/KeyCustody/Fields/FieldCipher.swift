public import ContactModel
import Crypto
import Foundation
import LedgerFormat

/// Encrypts and decrypts field values in batches (FORMAT section 9).
///
/// Subject and day keys stay open in bounded locked memory (`SecretKeyCache`); the keys derived from
/// them live for one batch, as swift-crypto keys, which overwrite themselves.
public struct FieldCipher: Sendable {
    private let keys: SubjectKeys

    init(keys: SubjectKeys) {
        self.keys = keys
    }

    /// Encrypts under today's key, in the order given. Every key it needed is durable when it returns.
    /// - Throws: `KeyCustodyError.notFound` for a subject without a key where no value of it may draw one
    ///   (nothing is drawn then for the others either); `.invalid` over a limit; `.unavailable`, `.corrupt`.
    public func encrypt(_ values: [PlainValue]) async throws(KeyCustodyError) -> [EncryptedValue] {
        try checkCount(values.count)
        for value in values where value.plaintext.count > CustodyLimits.maxPlaintext {
            throw KeyCustodyError(
                .invalid,
                "field \(value.binding.field) is longer than "
                    + "\(CustodyLimits.maxPlaintext) bytes")
        }
        guard !values.isEmpty else { return [] }
        let fresh = Set(values.filter(\.newSubject).map(\.binding.subject))
        let known = Set(values.map(\.binding.subject)).subtracting(fresh)
        var subjects = try await keys.existing(known)
        if let unknown = known.first(where: { subjects[$0] == nil }) {
            throw KeyCustodyError(
                .notFound, "subject \(unknown.hex) has no key: it was never created or was erased")
        }
        let day = try await keys.dayKeyOfToday()
        subjects.merge(try await keys.existingOrNew(fresh)) { $1 }

        var derived: [SubjectTag: SymmetricKey] = [:]
        var sealed: [EncryptedValue] = []
        sealed.reserveCapacity(values.count)
        for value in values {
            let tag = value.binding.subject
            guard let subject = subjects[tag] else {
                throw KeyCustodyError(.notFound, "subject \(tag.hex) has no key")
            }
            let key =
                derived[tag] ?? ValueKey.derive(day: day.key, subject: subject, keyID: day.id)
            derived[tag] = key
            sealed.append(try Self.seal(value, under: key, keyID: day.id))
        }
        return sealed
    }

    /// Decrypts each value on its own, in the order given.
    /// - Throws: `KeyCustodyError.invalid` over the limit; `.unavailable`. A single value that does not
    ///   open is `.unreadable` and fails no other.
    public func decrypt(_ values: [BoundValue]) async throws(KeyCustodyError) -> [DecryptedValue] {
        try checkCount(values.count)
        guard !values.isEmpty else { return [] }
        let subjects = try await keys.existing(Set(values.map(\.binding.subject)))
        let days = try await keys.dayKeys(Set(values.map(\.value.keyId)))
        var derived: [DerivedName: SymmetricKey] = [:]
        return values.map { value in
            let name = DerivedName(subject: value.binding.subject, day: value.value.keyId)
            guard let subject = subjects[name.subject], let day = days[name.day] else {
                return .unreadable
            }
            let key =
                derived[name] ?? ValueKey.derive(day: day, subject: subject, keyID: name.day)
            derived[name] = key
            return Self.open(value, under: key)
        }
    }

    private struct DerivedName: Hashable {
        var subject: SubjectTag
        var day: String
    }

    private func checkCount(_ count: Int) throws(KeyCustodyError) {
        guard count <= CustodyLimits.maxItems else {
            throw KeyCustodyError(
                .invalid, "\(count) values in one call; send at most \(CustodyLimits.maxItems)")
        }
    }

    private static func seal(
        _ value: PlainValue, under key: SymmetricKey, keyID: String
    ) throws(KeyCustodyError) -> EncryptedValue {
        do {
            // The nonce is 12 fresh random bytes; a key seals one person's values of one day, far below
            // the 2^32 messages at which random nonces become a risk.
            let box = try AES.GCM.seal(
                value.plaintext, using: key,
                authenticating: value.binding.associatedData(keyID: keyID))
            let sealed = EncryptedValue(
                authTag: box.tag, ciphertext: box.ciphertext, iv: Data(box.nonce), keyId: keyID)
            if let sealed { return sealed }
        } catch {}
        throw KeyCustodyError(.unavailable, "a value could not be encrypted; try again")
    }

    private static func open(_ value: BoundValue, under key: SymmetricKey) -> DecryptedValue {
        do {
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: value.value.iv), ciphertext: value.value.ciphertext,
                tag: value.value.authTag)
            let plain = try AES.GCM.open(
                box, using: key,
                authenticating: value.binding.associatedData(keyID: value.value.keyId))
            return .plaintext([UInt8](plain))
        } catch {
            return .unreadable
        }
    }
}
