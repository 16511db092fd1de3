import ContactModel
import Foundation

// One encrypted value in one column:
//   iv (12) ‖ authTag (16) ‖ bytes of keyId (1) ‖ keyId (ASCII) ‖ ciphertext
// The algorithm is the only one there is (FORMAT 9).

enum SealedBlob {
    private static let ivBytes = 12
    private static let tagBytes = 16

    static func encode(_ value: EncryptedValue) -> Data {
        var blob = Data(
            capacity: ivBytes + tagBytes + 1 + value.keyId.utf8.count + value.ciphertext.count)
        blob.append(value.iv)
        blob.append(value.authTag)
        blob.append(UInt8(clamping: value.keyId.utf8.count))
        blob.append(contentsOf: value.keyId.utf8)
        blob.append(value.ciphertext)
        return blob
    }

    /// - Throws: `ProjectionError.unusable` for a blob that this code did not write.
    static func decode(_ blob: Data) throws(ProjectionError) -> EncryptedValue {
        let iv = blob.prefix(ivBytes)
        let tag = blob.dropFirst(ivBytes).prefix(tagBytes)
        let rest = blob.dropFirst(ivBytes + tagBytes)
        let keyIDBytes = Int(rest.first ?? 0)
        let keyID = rest.dropFirst().prefix(keyIDBytes)
        let ciphertext = rest.dropFirst(1 + keyIDBytes)
        guard
            let value = EncryptedValue(
                authTag: Data(tag), ciphertext: Data(ciphertext), iv: Data(iv),
                keyId: String(decoding: keyID, as: UTF8.self))
        else {
            throw ProjectionError(.unusable, "A sealed value in views/ is damaged; rebuild them.")
        }
        return value
    }
}
