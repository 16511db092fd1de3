import ContactModel
import Crypto
import Foundation
import LedgerFormat
import Testing

@testable import KeyCustody

/// Values for tests, no meaning in them.
enum Sample {
    static let entity = "3f2b8c1e-5a0d-4e8f-9c7b-2d1e0f3a4b5c"
    static let digest = [UInt8](repeating: 7, count: 32)

    /// A fresh tag.
    static var tag: SubjectTag { .random() }

    static func bytes(_ key: SymmetricKey) -> [UInt8] { key.withUnsafeBytes { Array($0) } }

    static func leaves(_ range: Range<Int>) throws -> [Digest32] {
        try range.map { number in
            try #require(Digest32(Array(SHA256.hash(data: Data("leaf \(number)".utf8)))))
        }
    }
}

extension ValueBinding {
    static func sample(
        _ tag: SubjectTag, entity: String = Sample.entity, field: String = "email",
        label: String = "s1/i1"
    ) throws -> ValueBinding {
        try ValueBinding(subject: tag, entity: entity, field: field, label: label)
    }
}

extension PlainValue {
    static func sample(
        _ tag: SubjectTag, field: String = "email", text: String = "a@example.org",
        newSubject: Bool = true
    ) throws -> PlainValue {
        PlainValue(
            binding: try .sample(tag, field: field), plaintext: Array(text.utf8),
            newSubject: newSubject)
    }
}

extension KeyCustodian {
    /// Encrypts values of which none may be refused.
    func sealed(_ values: [PlainValue]) async throws -> [EncryptedValue] {
        try await cipher.encrypt(values).map { try $0.get() }
    }
}

extension DecryptedValue {
    /// Why it did not open, unless the subject has no key.
    var damage: KeyCustodyError? {
        guard case .corrupt(let error) = self else { return nil }
        return error
    }

    var text: String? {
        guard case .plaintext(let bytes) = self else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension AnnouncedKeys {
    /// As a ledger that has said all that the keeper knows.
    static func told(_ keeper: KeyCustodian) throws -> AnnouncedKeys {
        let keys = try keeper.hierarchy.trustedKeys()
        return AnnouncedKeys(
            activated: Set(keys.map(\.keyID)),
            retired: Set(keys.filter { $0.untilSize != nil }.map(\.keyID)))
    }
}
