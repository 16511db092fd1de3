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

    /// Encrypts under today's key, one result per value, in the order given. Every key it needed is durable
    /// when it returns.
    ///
    /// A value fails alone: `.notFound` where its subject has no key and no value of it may draw one,
    /// `.corrupt` where the subject's row does not open (a second key would make what the first encrypted
    /// unreadable for good).
    /// - Throws: `KeyCustodyError.invalid` over a limit; `.unavailable`, `.corrupt`.
    public func encrypt(
        _ values: [PlainValue]
    ) async throws(KeyCustodyError) -> [Result<EncryptedValue, KeyCustodyError>] {
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
        let day = try await keys.dayKeyOfToday()
        subjects.merge(try await keys.existingOrNew(fresh))

        var derived: [SubjectTag: SymmetricKey] = [:]
        var results: [Result<EncryptedValue, KeyCustodyError>] = []
        results.reserveCapacity(values.count)
        var nonces = Nonces(count: values.count)
        for value in values {
            let tag = value.binding.subject
            let nonce = nonces.next()
            results.append(
                subjects.key(of: tag).flatMap { subject in
                    let key =
                        derived[tag]
                        ?? ValueKey.derive(day: day.key, subject: subject, keyID: day.id)
                    derived[tag] = key
                    return Self.seal(value, under: key, keyID: day.id, nonce)
                })
            await Self.breathe(after: results.count)
        }
        return results
    }

    /// Decrypts each value on its own, in the order given.
    /// - Throws: `KeyCustodyError.invalid` over the limit; `.unavailable`. A single value that does not
    ///   open fails no other.
    public func decrypt(_ values: [BoundValue]) async throws(KeyCustodyError) -> [DecryptedValue] {
        try checkCount(values.count)
        guard !values.isEmpty else { return [] }
        let subjects = try await keys.existing(Set(values.map(\.binding.subject)))
        let days = try await keys.dayKeys(Set(values.map(\.value.keyId)))
        var derived: [DerivedName: SymmetricKey] = [:]
        var results: [DecryptedValue] = []
        results.reserveCapacity(values.count)
        for value in values {
            let name = DerivedName(subject: value.binding.subject, day: value.value.keyId)
            switch (subjects.key(of: name.subject), days[name.day]) {
            case (.failure(let error), _) where error.code == .notFound:
                results.append(.unreadable)
            case (.failure(let error), _), (_, .failure(let error)):
                results.append(.corrupt(error))
            case (_, nil): results.append(.corrupt(.missingDay(name.day)))
            case (.success(let subject), .success(let day)):
                let key =
                    derived[name] ?? ValueKey.derive(day: day, subject: subject, keyID: name.day)
                derived[name] = key
                results.append(Self.open(value, under: key))
            }
            await Self.breathe(after: results.count)
        }
        return results
    }

    /// Lets others have the thread now and then: there are as many as cores, and a signature, for which every
    /// append of the ledger waits, must not wait for thousands of values.
    private static func breathe(after count: Int) async {
        if count.isMultiple(of: 64) { await Task.yield() }
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
        _ value: PlainValue, under key: SymmetricKey, keyID: String, _ nonce: Data
    ) -> Result<EncryptedValue, KeyCustodyError> {
        do {
            let box = try AES.GCM.seal(
                value.plaintext, using: key, nonce: AES.GCM.Nonce(data: nonce),
                authenticating: value.binding.associatedData(keyID: keyID))
            let sealed = EncryptedValue(
                authTag: box.tag, ciphertext: box.ciphertext, iv: nonce, keyId: keyID)
            if let sealed { return .success(sealed) }
        } catch {}
        return .failure(
            KeyCustodyError(.unavailable, "a value could not be encrypted; try again"))
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
            return .corrupt(.altered)
        }
    }
}

/// The nonces of a batch, each 12 fresh random bytes: drawn together, because the kernel's generator is a call away.
///
/// A key seals one person's values of one day, far below the 2^32 messages at which random nonces become a risk.
private struct Nonces {
    private static let size = 12
    private let bytes: [UInt8]
    private var position = 0

    init(count: Int) {
        bytes = Sodium.randomBytes(count * Self.size)
    }

    /// At most `count` times.
    mutating func next() -> Data {
        defer { position += Self.size }
        return Data(bytes[position..<position + Self.size])
    }
}

extension KeyCustodyError {
    /// The binding's parts stay out: whoever asks for the wrong one should not learn the right one.
    fileprivate static let altered = KeyCustodyError(
        .corrupt,
        "a value does not open under its binding though its keys are there: it was altered or moved; "
            + "verify the ledger")

    fileprivate static func missingDay(_ id: String) -> KeyCustodyError {
        let isDay = id.utf8.count <= 16 && id.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return KeyCustodyError(
            .corrupt,
            "the keystore has no day key \(isDay ? id : "of that name"); restore keys/ as one whole"
        )
    }
}
