import ContactModel
import Foundation
import Testing

@testable import AccessControl

@Suite struct ResealingTests {
    private static func sealed(
        _ text: String, key: String = "DEK-20261127", iv: UInt8 = 2, tag: UInt8 = 1
    ) throws -> EncryptedValue {
        try #require(
            EncryptedValue(
                authTag: Data(repeating: tag, count: 16), ciphertext: Data(text.utf8),
                iv: Data(repeating: iv, count: 12), keyId: key))
    }

    private static func value(
        entity: String = "e", field: String = "email", label: String = "s1/i1",
        old: EncryptedValue? = nil, new: EncryptedValue? = nil
    ) throws -> Resealing.Value {
        Resealing.Value(
            entity: entity, field: field, label: label, old: try old ?? sealed("old"),
            new: try new ?? sealed("new"))
    }

    @Test func everyPartCounts() throws {
        let key = Data(repeating: 9, count: 32)
        func resealing(
            _ values: [Resealing.Value], subject: UInt8 = 1, label: String = "s2/i1"
        ) -> Resealing {
            Resealing(subject: Data(repeating: subject, count: 16), label: label, values: values)
        }
        let (first, second) = (try Self.value(), try Self.value(field: "fullName"))
        let right = resealing([first, second])
        let code = right.code(under: key)
        #expect(code.count == 32 && right.isAttested(by: code, under: key))
        var others = [
            resealing([first, second], subject: 9), resealing([first, second], label: "s3/i1"),
            resealing([first]), resealing([]), resealing([second, first]),
            resealing([first, second, second]),
        ]
        let changes = try [
            Self.value(entity: "f"), Self.value(field: "value"), Self.value(label: "s1/i0"),
            Self.value(old: Self.sealed("dlo")), Self.value(new: Self.sealed("wen")),
            Self.value(old: Self.sealed("new"), new: Self.sealed("old")),
            Self.value(old: Self.sealed("old", iv: 9)), Self.value(new: Self.sealed("new", iv: 9)),
            Self.value(old: Self.sealed("old", tag: 9)),
            Self.value(new: Self.sealed("new", tag: 9)),
            Self.value(old: Self.sealed("old", key: "DEK-20261126")),
            Self.value(new: Self.sealed("new", key: "DEK-20261126")),
            // Parts do not run together.
            Self.value(entity: "ee", field: "mail"),
        ]
        others += changes.map { resealing([$0, second]) }
        for other in others { #expect(!other.isAttested(by: code, under: key)) }
        #expect(!right.isAttested(by: code, under: Data(repeating: 8, count: 32)))
        for wrong in [Data(), code.prefix(31), code + [0]] {
            #expect(!right.isAttested(by: wrong, under: key))
        }
    }

    /// Under one key, the word for one thing is none for another.
    @Test func aRelabelIsNoIntroduction() throws {
        let key = Data(repeating: 9, count: 32)
        let sealed = try Self.sealed("x")
        let introduction = Introduction(
            subject: Data(count: 16), contactID: Data(count: 16), email: Data(count: 32),
            nameWords: Data(), entity: "e", label: "s1/i1", sealedContactID: sealed,
            sealedEmail: sealed, sealedName: nil)
        let resealing = Resealing(subject: Data(count: 16), label: "s1/i1", values: [])
        #expect(introduction.message.bytes.starts(with: "chancery/introduction/v1".utf8))
        #expect(resealing.message.bytes.starts(with: "chancery/relabel/v1".utf8))
        #expect(!introduction.isAttested(by: resealing.code(under: key), under: key))
    }
}
