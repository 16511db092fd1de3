import ContactModel
import Foundation
import Testing

@testable import AccessControl

@Suite struct IntroductionTests {
    private static func value(
        _ text: String, key: String = "DEK-20261127", iv: UInt8 = 2, tag: UInt8 = 1
    ) throws -> EncryptedValue {
        try #require(
            EncryptedValue(
                authTag: Data(repeating: tag, count: 16), ciphertext: Data(text.utf8),
                iv: Data(repeating: iv, count: 12), keyId: key))
    }

    private static func introduction(
        subject: UInt8 = 1, contactID: UInt8 = 2, email: UInt8 = 3,
        words: [UInt8] = [1, 2, 3, 4], entity: String = "e",
        label: String = "s1/i1", id: String = "id", address: String = "address",
        key: String = "DEK-20261127", emailKey: String = "DEK-20261127", iv: UInt8 = 2,
        tag: UInt8 = 1, name: String? = "name"
    ) throws -> Introduction {
        Introduction(
            subject: Data(repeating: subject, count: 16),
            contactID: Data(repeating: contactID, count: 16),
            email: Data(repeating: email, count: 32), nameWords: Data(words), entity: entity,
            label: label,
            sealedContactID: try value(id, key: key, iv: iv),
            sealedEmail: try value(address, key: emailKey, tag: tag),
            sealedName: try name.map { try value($0) })
    }

    @Test func everyPartCounts() throws {
        let key = Data(repeating: 9, count: 32)
        let right = try Self.introduction()
        let code = right.code(under: key)
        #expect(code.count == 32 && right.isAttested(by: code, under: key))
        let others = try [
            Self.introduction(subject: 9), Self.introduction(contactID: 9),
            Self.introduction(email: 9), Self.introduction(entity: "f"),
            Self.introduction(label: "s2/i1"), Self.introduction(id: "di"),
            Self.introduction(words: [1, 2]), Self.introduction(words: [3, 4, 1, 2]),
            Self.introduction(name: "other"), Self.introduction(name: nil),
            Self.introduction(iv: 9), Self.introduction(tag: 9),
            Self.introduction(emailKey: "DEK-20261126"),
            Self.introduction(address: "b"), Self.introduction(key: "DEK-20261126"),
            // Parts do not run together.
            Self.introduction(entity: "es1", label: "/i1"),
        ]
        for other in others { #expect(!other.isAttested(by: code, under: key)) }
        #expect(!right.isAttested(by: code, under: Data(repeating: 8, count: 32)))
        for wrong in [Data(), code.prefix(31), code + [0]] {
            #expect(!right.isAttested(by: wrong, under: key))
        }
    }
}
