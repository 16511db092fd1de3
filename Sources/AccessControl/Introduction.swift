public import ContactModel
public import Foundation

/// The keeper's word that the sealed id, address and name of a contact are the ones that are named in clear, or indexed, beside them: the ledger
/// demands it of a contact's first entry and of each that gives it another address, since it opens neither, and what a taken-over gateway planted there would show at the next
/// rebuild only.
public struct Introduction: KeeperAttested {
    /// 16 bytes.
    public let subject: Data
    /// 16 bytes.
    public let contactID: Data
    /// Blind-index value, 32 bytes.
    public let email: Data
    /// What the name is found by.
    public let nameWords: Data
    /// That the sealed values are bound to, beside their fields' names.
    public let entity: String
    public let label: String
    public let sealedContactID: EncryptedValue
    public let sealedEmail: EncryptedValue
    /// Nil: the contact has no name.
    public let sealedName: EncryptedValue?

    public init(
        subject: Data, contactID: Data, email: Data, nameWords: Data, entity: String, label: String,
        sealedContactID: EncryptedValue, sealedEmail: EncryptedValue, sealedName: EncryptedValue?
    ) {
        self.subject = subject
        self.contactID = contactID
        self.email = email
        self.nameWords = nameWords
        self.entity = entity
        self.label = label
        self.sealedContactID = sealedContactID
        self.sealedEmail = sealedEmail
        self.sealedName = sealedName
    }

    /// Domain "chancery/introduction/v1".
    public var message: AttestedMessage {
        var message = AttestedMessage("chancery/introduction/v1")
        message.add(subject)
        message.add(contactID)
        message.add(email)
        message.add(nameWords)
        message.add(entity.utf8)
        message.add(label.utf8)
        message.add(sealedContactID)
        message.add(sealedEmail)
        // Its four parts, or one that is empty.
        if let sealedName { message.add(sealedName) } else { message.add([]) }
        return message
    }
}
