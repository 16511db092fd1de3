public import ContactModel
import Crypto
public import Foundation

/// The keeper's word that the sealed id and address of a new contact are the ones that are named in clear beside them: the ledger
/// demands it of a contact's first entry, since it opens neither, and what a taken-over gateway planted there would show at the next
/// rebuild only. Between these two processes alone; it stands in no entry.
///
/// HMAC-SHA-256 over "chancery/introduction/v1" and the parts, each preceded by its length (UInt32, big-endian).
public struct Introduction: Sendable {
    /// 16 bytes.
    public let subject: Data
    /// 16 bytes.
    public let contactID: Data
    /// Blind-index value, 32 bytes.
    public let email: Data
    /// That the sealed values are bound to, beside their fields' names.
    public let entity: String
    public let label: String
    public let sealedContactID: EncryptedValue
    public let sealedEmail: EncryptedValue

    public init(
        subject: Data, contactID: Data, email: Data, entity: String, label: String,
        sealedContactID: EncryptedValue, sealedEmail: EncryptedValue
    ) {
        self.subject = subject
        self.contactID = contactID
        self.email = email
        self.entity = entity
        self.label = label
        self.sealedContactID = sealedContactID
        self.sealedEmail = sealedEmail
    }

    public static let keyBytes = 32

    /// - Parameter key: 32 bytes, the keeper's.
    /// - Returns: 32 bytes.
    public func code(under key: Data) -> Data {
        Data(
            HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
    }

    public func isAttested(by code: Data, under key: Data) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            code, authenticating: message, using: SymmetricKey(data: key))
    }

    private var message: [UInt8] {
        var message = Array("chancery/introduction/v1".utf8)
        func add(_ part: some Collection<UInt8>) {
            withUnsafeBytes(of: UInt32(clamping: part.count).bigEndian) { message += $0 }
            message += part
        }
        add(subject)
        add(contactID)
        add(email)
        add(entity.utf8)
        add(label.utf8)
        for value in [sealedContactID, sealedEmail] {
            add(value.ciphertext)
            add(value.iv)
            add(value.authTag)
            add(value.keyId.utf8)
        }
        return message
    }
}
