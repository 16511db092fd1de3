public import ContactModel
public import Foundation

/// The keeper's word that the values of a relabel are the plaintexts of those before, sealed anew under the new label: the ledger
/// demands it for exactly the values that the contact has, so that a taken-over gateway neither loses nor replaces one of them.
public struct Resealing: KeeperAttested {
    /// 16 bytes.
    public let subject: Data
    /// That the new values are bound to.
    public let label: String
    /// In the order of the contact's row: email, full name if there is one, current attributes.
    public let values: [Value]

    /// One value, before and after.
    public struct Value: Sendable {
        public let entity: String
        public let field: String
        /// That the old value is bound to.
        public let label: String
        public let old: EncryptedValue
        public let new: EncryptedValue

        public init(
            entity: String, field: String, label: String, old: EncryptedValue, new: EncryptedValue
        ) {
            self.entity = entity
            self.field = field
            self.label = label
            self.old = old
            self.new = new
        }
    }

    public init(subject: Data, label: String, values: [Value]) {
        self.subject = subject
        self.label = label
        self.values = values
    }

    /// Domain "chancery/relabel/v1".
    public var message: AttestedMessage {
        var message = AttestedMessage("chancery/relabel/v1")
        message.add(subject)
        message.add(label.utf8)
        for value in values {
            message.add(value.entity.utf8)
            message.add(value.field.utf8)
            message.add(value.label.utf8)
            message.add(value.old)
            message.add(value.new)
        }
        return message
    }
}
