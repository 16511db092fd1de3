public import ContactModel

/// A value to encrypt.
public struct PlainValue: Sendable {
    public let binding: ValueBinding
    public let plaintext: [UInt8]
    /// A key may be drawn for the subject if it has none; an existing key is used again, so that a
    /// caller whose first try failed half-way may repeat it.
    public let newSubject: Bool

    public init(binding: ValueBinding, plaintext: [UInt8], newSubject: Bool) {
        self.binding = binding
        self.plaintext = plaintext
        self.newSubject = newSubject
    }
}

/// A value to decrypt, with what it claims to be bound to.
public struct BoundValue: Sendable {
    public let binding: ValueBinding
    public let value: EncryptedValue

    public init(binding: ValueBinding, value: EncryptedValue) {
        self.binding = binding
        self.value = value
    }
}

/// The outcome for one value. Which of key, binding or ciphertext was wrong is not told: to whoever may
/// not know, an erased subject and a forged value look the same.
public enum DecryptedValue: Sendable, Equatable {
    case plaintext([UInt8])
    case unreadable
}

/// The outcome for one value of a rebuild.
public enum ReindexedValue: Sendable, Equatable {
    /// Field `email`: the blind-index value, 32 bytes.
    case indexValue([UInt8])
    /// Field `contactId`: 16 bytes.
    case contactID([UInt8])
    case unreadable
}
